import fc from 'fast-check';
import { expect, test } from 'vitest';
import { datasetFromArrays } from '../datasets/arrays.js';
import type { Examples } from '../datasets/dataset.js';
import { resolveLayers } from '../network/network.js';
import { withCentredInputs } from './centre-inputs.js';
import { allRecipes, findRecipe } from './families.js';

const recipe = findRecipe('mnist-both')!;

const examplesOf = (values: Uint8Array, width: number): Examples => {
  const count = values.length / width;
  return { count, shape: [width], classes: 2, values, labels: new Uint8Array(count) };
};

test('each input loses its own mean, rounded to a step of the inputs, and all are divided by one whole number', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.infiniteStream(fc.nat(255)),
      fc.constantFrom(1, 3, 8),
      (width, count, stream, inputBits) => {
        const values = Uint8Array.from({ length: width * count }, () => stream.next().value! % 2 ** inputBits);
        const network = { ...recipe.network, inputs: width, inputBits };
        const centred = withCentredInputs({ ...recipe, network }, examplesOf(values, width)).network;
        const [first] = centred.layers;
        if (first.kind !== 'normalize') throw new Error(`the first layer is ${first.kind}`);
        const step = 2 ** (inputBits - 8);
        first.mean.forEach((mean, input) => {
          const own = values.filter((_, index) => index % width === input);
          const exact = own.reduce((sum, value) => sum + value, 0) / count;
          expect(Math.abs(mean - exact)).toBeLessThanOrEqual(step / 2);
          expect(Number.isInteger(mean / step)).toBe(true);
        });
        expect(new Set(first.deviation)).toEqual(new Set([1]));
        expect(centred.divisor).toBeGreaterThan(0);
        expect(resolveLayers(centred)).toHaveLength(recipe.network.layers.length + 1);
      },
    ),
  );
});

test('the statistics are of the examples given alone: no test or validation value moves them', () => {
  const parts = (other: number) =>
    datasetFromArrays({
      name: 'parts',
      shape: [2],
      classes: 2,
      train: { values: [10, 200, 30, 220], labels: [0, 1] },
      validation: { values: [other, other], labels: [0] },
      test: { values: [other, other], labels: [0] },
    });
  const network = { ...recipe.network, inputs: 2 };
  const [low, high] = [0, 255].map((other) => withCentredInputs({ ...recipe, network }, parts(other).train));
  expect(low).toEqual(high);
  expect(low.network.layers[0]).toEqual({ kind: 'normalize', mean: [20, 210], deviation: [1, 1] });
  // Deviation 10, three times.
  expect(low.network.divisor).toBe(30);
});

test('inputs that never change do not divide by 0', () => {
  const { divisor } = withCentredInputs(recipe, examplesOf(new Uint8Array(2 * 784).fill(255), 784)).network;
  expect(divisor).toBe(recipe.network.divisor);
});

test('a network that does not begin with a dense layer is left as it is', () => {
  for (const other of allRecipes) {
    const { kind = 'dense' } = other.network.layers[0];
    const { inputs } = other.network;
    const fitted = withCentredInputs(other, examplesOf(new Uint8Array(inputs).fill(9), inputs));
    if (kind === 'dense') expect(fitted.network.layers).toHaveLength(other.network.layers.length + 1);
    else expect(fitted).toBe(other);
  }
});
