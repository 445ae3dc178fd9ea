import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readConfig } from '../project/schema.js';
import {
  OUTCOME_HEAD,
  readJob,
  readOutcome,
  writeJob,
  writeOutcome,
  type TrialJob,
  type TrialOutcome,
} from './messages.js';

const DIGEST = 'ab'.repeat(32);
const configOf = (path: string) =>
  readConfig({ name: 'bars', data: { format: 'folder', path, pictures: [28, 28] }, recipe: 'mnist-demo' }).config!;
const job = (path = 'bars'): TrialJob => ({
  id: DIGEST,
  config: configOf(path),
  point: { 'a.b': [1, 'x', null] },
  seed: 3,
});
const outcome: TrialOutcome = {
  ...OUTCOME_HEAD,
  id: DIGEST,
  point: { 'network.layers.0.units': 8 },
  mode: 'both',
  seed: 1,
  kind: 'finished',
  history: [0.25, 0.5],
  validationAccuracy: 0.5,
  accuracy: { soft: 0.6, hard: 0.5, frozen: null },
  model: DIGEST,
  figures: { bitstreamBytes: 880, workBytes: 144, gates: 2059, cycles: { rp2040: 1000 } },
};

test('a trial and an outcome are read as they were written', () => {
  expect(readJob(writeJob(job()))).toEqual(job());
  expect(readOutcome(writeOutcome(outcome))).toEqual(outcome);
  expect(writeOutcome(readOutcome(writeOutcome(outcome)))).toBe(writeOutcome(outcome));
});

test.each(['/etc', '../data', 'a/../../data', '..'])(
  'a trial from elsewhere whose data are at %s is refused, one of this machine is not',
  (path) => {
    const json = writeJob(job(path));
    expect(() => readJob(json)).toThrow(expect.objectContaining({ code: 'sweep.bad-message' }));
    expect(readJob(json, { isForeign: false }).id).toBe(DIGEST);
  },
);

test('what is too large is refused before it is parsed', () => {
  const json = `${' '.repeat(2_000_000)}${writeOutcome(outcome)}`;
  expect(() => readOutcome(json)).toThrow(/2000[0-9]{3} characters; at most 1048576/);
});

test.each<[string, object]>([
  ['another format', { format: 'something' }],
  ['another version', { version: 2 }],
  ['a field that there is not', { more: 1 }],
  ['an accuracy above 1', { validationAccuracy: 1.5 }],
  ['an id that is no digest', { id: '../../x' }],
  ['a kind that there is not', { kind: 'lost' }],
])('an outcome with %s is refused', (_, change) => {
  const json = JSON.stringify({ ...outcome, ...change });
  expect(() => readOutcome(json)).toThrow(expect.objectContaining({ code: 'sweep.bad-message' }));
});

/** Fields that are replaced, taken away or added anywhere. */
const damaged = (valid: object): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...Object.keys(valid), 'more'), fc.option(fc.jsonValue(), { nil: undefined }))
    .map(([key, value]) => JSON.stringify({ ...valid, [key]: value }));

const texts = fc.oneof(
  fc.string(),
  fc.json(),
  damaged(outcome),
  damaged(JSON.parse(writeJob(job())) as object),
  fc.tuple(fc.nat(2000), fc.string({ maxLength: 3 })).map(([at, more]) => {
    const whole = writeJob(job());
    return whole.slice(0, at) + more + whole.slice(at + 1);
  }),
);

test.each([
  ['trials', readJob],
  ['outcomes', readOutcome],
] as const)('whatever comes as %s is taken whole or refused with its code', (_, read) => {
  fc.assert(
    fc.property(texts, (text) => {
      try {
        expect(read(text).id).toMatch(/^[0-9a-f]{64}$/);
      } catch (error) {
        expect(error).toMatchObject({ code: 'sweep.bad-message' });
      }
    }),
    { numRuns: 500 },
  );
});
