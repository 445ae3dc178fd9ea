import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTrainedOn } from './description.js';

const channel = fc.record(
  {
    name: fc.string(),
    unit: fc.string(),
    countsPerUnit: fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
    scale: fc.record({
      offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      multiplier: fc.integer({ min: 1, max: 2 ** 30 }),
      shift: fc.integer({ min: 0, max: 62 }),
    }),
  },
  { requiredKeys: ['name', 'countsPerUnit', 'scale'] },
);

const trainedOn = fc.record(
  {
    kind: fc.constantFrom('picture', 'sound', 'values'),
    shape: fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 3 }),
    sampleRateHz: fc.integer({ min: 1, max: 48_000 }),
    classNames: fc.array(fc.string()),
  },
  { requiredKeys: ['kind', 'shape'] },
);

test('what a description says of the training data is read as it was written', () => {
  fc.assert(
    fc.property(trainedOn, (said) => {
      expect(readTrainedOn(JSON.parse(JSON.stringify(said)))).toEqual({ ...said });
    }),
  );
});

test('the channels of sensors are read as they were written, one for each place of the last axis', () => {
  fc.assert(
    fc.property(
      fc.array(channel, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 99 }),
      (channels, length) => {
        const said = { kind: 'values', shape: [length, channels.length], channels } as const;
        expect(readTrainedOn(JSON.parse(JSON.stringify(said)))).toEqual(JSON.parse(JSON.stringify(said)));
        expect(readTrainedOn({ ...said, shape: [channels.length + 1] })).toBeUndefined();
      },
    ),
  );
  const good = { name: 'x', countsPerUnit: 1, scale: { offset: 0, multiplier: 1, shift: 0 } };
  const wrong = [
    { name: 1 },
    { unit: 1 },
    { countsPerUnit: 0 },
    { scale: {} },
    { scale: { ...good.scale, shift: 63 } },
  ];
  for (const change of wrong)
    expect(readTrainedOn({ kind: 'values', shape: [1], channels: [{ ...good, ...change }] })).toBeUndefined();
});

test('what is not of that form is not there', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(readTrainedOn(value)).toBeUndefined();
    }),
  );
  const good = { kind: 'picture', shape: [2, 3] };
  const wrong = [
    { kind: 'smell' },
    { shape: [] },
    { shape: [0] },
    { shape: [1.5] },
    { sampleRateHz: 0 },
    { classNames: [1] },
  ];
  for (const change of wrong) expect(readTrainedOn({ ...good, ...change })).toBeUndefined();
});
