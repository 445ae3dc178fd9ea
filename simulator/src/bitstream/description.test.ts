import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTrainedOn } from './description.js';

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
