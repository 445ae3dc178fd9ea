import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from '../../random.js';
import type { Examples } from './dataset.js';
import { stratifiedSplit } from './split.js';

/** Each example's single value is its index. */
function labelled(labels: readonly number[], classes: number): Examples {
  const indices = labels.map((_, index) => index);
  return {
    count: labels.length,
    shape: [1],
    values: Uint8Array.from(indices),
    labels: Uint8Array.from(labels),
    classes,
  };
}

function countOf(label: number, { labels }: Examples): number {
  return labels.filter((other) => other === label).length;
}

test('every example lands in one part, in order, with its label, and each class gives its share', () => {
  const labelsOfAllClasses = fc
    .array(fc.integer({ min: 0, max: 3 }), { maxLength: 200 })
    .map((labels) => [0, 1, 2, 3, ...labels]);
  fc.assert(
    fc.property(labelsOfAllClasses, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer(), (labels, share, seed) => {
      const examples = labelled(labels, 4);
      const takenCount = Math.round(share * labels.length);
      const { kept, taken } = stratifiedSplit(examples, takenCount, Random.fromSeed(seed));
      expect(taken.count).toBe(takenCount);
      expect([...kept.values, ...taken.values].sort((left, right) => left - right)).toEqual([...examples.values]);
      for (const part of [kept, taken]) {
        expect([...part.values]).toEqual([...part.values].sort((left, right) => left - right));
        part.values.forEach((index, position) => expect(part.labels[position]).toBe(labels[index]));
      }
      for (let label = 0; label < 4; label++) {
        const exact = (countOf(label, examples) * takenCount) / labels.length;
        expect(Math.abs(countOf(label, taken) - exact)).toBeLessThan(1);
      }
    }),
    { seed: 2 },
  );
});

test('the seed decides which examples are taken', () => {
  const examples = labelled(
    Array.from({ length: 100 }, (_, index) => index % 2),
    2,
  );
  const taken = (seed: number) => [...stratifiedSplit(examples, 20, Random.fromSeed(seed)).taken.values];
  expect(taken(1)).toEqual(taken(1));
  expect(taken(1)).not.toEqual(taken(2));
});

test('an empty class is named', () => {
  expect(() => stratifiedSplit(labelled([0, 2, 0], 3), 1, Random.fromSeed(1))).toThrow('Class 1 has no examples');
});

test('more examples than there are cannot be taken', () => {
  expect(() => stratifiedSplit(labelled([0, 1], 2), 3, Random.fromSeed(1))).toThrow('Cannot take 3 of 2');
});
