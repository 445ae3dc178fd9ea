import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Examples } from '../datasets/dataset.js';
import { resolveLayers } from '../network/network.js';
import { findRecipe } from './families.js';
import { checkLearnt, withLearntThresholds } from './learn-thresholds.js';
import type { Recipe } from './recipes.js';

const shipped = findRecipe('mnist-both')!;

/** A recipe that begins with a thermometer of plain values. */
const recipeOf = (inputs: number, levels: number, inputBits = 8): Recipe => {
  const layers = [{ kind: 'thermometer', levels } as const, ...shipped.network.layers];
  return { ...shipped, network: { ...shipped.network, inputs, inputBits, divisor: 1, layers } };
};

const examplesOf = (values: readonly number[], width: number): Examples => {
  const count = values.length / width;
  return { count, shape: [width], classes: 2, values: Uint8Array.from(values), labels: new Uint8Array(count) };
};

const learntFrom = (values: readonly number[], width: number, levels: number): readonly (readonly number[])[] => {
  const [first] = withLearntThresholds(recipeOf(width, levels), examplesOf(values, width)).network.layers;
  if (first.kind !== 'thermometer' || first.thresholds === undefined) throw new Error('Nothing was learnt.');
  return first.thresholds;
};

test('thresholds are quantiles of each channel', () => {
  const values = Array.from({ length: 100 }, (_, at) => [at, 2 * at]).flat();
  expect(learntFrom(values, 2, 3)).toEqual([
    [25, 50, 75],
    [49, 99, 149],
  ]);
});

test('a frequent value is a part of its own, and the others share the rest', () => {
  const background = new Array<number>(80).fill(0);
  const ink = Array.from({ length: 20 }, (_, at) => 100 + at);
  expect(learntFrom([...background, ...ink], 1, 3)).toEqual([[1, 107, 114]]);
  expect(learntFrom([...background.map(() => 255), ...ink], 1, 1)).toEqual([[120]]);
});

test('they are always different and valid, and no bit is idle while there are values that it could tell apart', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 3, 8),
      fc.array(fc.nat(255), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      (inputBits, drawn, wanted) => {
        const levels = Math.min(wanted, 2 ** inputBits - 1);
        const values = drawn.map((value) => value % 2 ** inputBits);
        const learnt = withLearntThresholds(recipeOf(1, levels, inputBits), examplesOf(values, 1)).network;
        const [first] = resolveLayers(learnt);
        if (first.kind !== 'thermometer') throw new Error('It must stay a thermometer.');
        const [thresholds] = first.thresholds!;
        const parts = new Set(values.map((value) => thresholds.filter((threshold) => value >= threshold).length));
        expect(parts.size).toBe(Math.min(new Set(values).size, levels + 1));
      },
    ),
  );
});

test('named thresholds and other recipes are left as they are, and what has not learnt is refused', () => {
  const examples = examplesOf([1, 2], 1);
  expect(withLearntThresholds(shipped, examples)).toBe(shipped);
  const learnt = withLearntThresholds(recipeOf(1, 1), examples);
  expect(withLearntThresholds(learnt, examples)).toBe(learnt);
  expect(() => checkLearnt(learnt)).not.toThrow();
  expect(() => checkLearnt(recipeOf(1, 1))).toThrow('withLearntThresholds');
});
