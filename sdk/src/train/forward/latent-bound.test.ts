import { expect, test } from 'vitest';
import { type BinarizationMode, resolveLayers } from '../network/network.js';
import { toyDataset, toyNetwork, toyRecipe } from '../testing/toy-problem.js';
import { train } from '../trainer.js';
import { boundLatents } from './latent-bound.js';

function bounded(mode: BinarizationMode, latentBound: number) {
  const spec = toyNetwork(mode);
  const [hidden, last] = spec.layers;
  return { ...spec, layers: [{ ...hidden, latentBound, sharpness: 4 }, last] };
}

/** Five values over and over as kernels; 9 everywhere else. */
function parametersFor(layers: ReturnType<typeof resolveLayers>) {
  const values = [-9, -0.125, 0, 0.0625, 9];
  return layers.map(({ inputs, outputs }) => ({
    kernel: Float32Array.from({ length: inputs * outputs }, (_, index) => values[index % values.length]),
    scale: Float32Array.of(9),
    bias: new Float32Array(outputs).fill(9),
  }));
}

test('latent weights come back to the bound over k and the sharpness of their layer; others stay', () => {
  const layers = resolveLayers(bounded('both', 3));
  const parameters = parametersFor(layers);
  boundLatents(layers, parameters, 6);
  expect(Array.from(parameters[0].kernel.subarray(0, 5))).toEqual([-0.125, -0.125, 0, 0.0625, 0.125]);
  expect(Array.from(parameters[1].kernel.subarray(0, 5))).toEqual([-9, -0.125, 0, 0.0625, 9]);
  expect(parameters.flatMap(({ scale, bias }) => [scale[0], bias[0]])).toEqual([9, 9, 9, 9]);
});

test('convolutions have a bound as well', () => {
  const filters = { kind: 'convolution', filters: 2, size: 3 } as const;
  const layers = resolveLayers({
    ...toyNetwork('both'),
    inputs: 16,
    inputShape: [4, 4, 1],
    layers: [
      { ...filters, latentBound: 3, sharpness: 2 },
      { ...filters },
      { kind: 'flatten' },
      { units: 2, activation: 'none' },
    ],
  });
  const parameters = layers.map((layer) => ({
    kernel: new Float32Array('latentBound' in layer ? 40 : 0).fill(-9),
    scale: Float32Array.of(1),
    bias: new Float32Array(0),
  }));
  boundLatents(layers, parameters, 6);
  expect(parameters.map(({ kernel }) => kernel.at(0))).toEqual([-0.25, -9, undefined, -9]);
});

test('real weights have no bound', () => {
  const layers = resolveLayers(bounded('activations', 3));
  const parameters = parametersFor(layers);
  boundLatents(layers, parameters, 6);
  expect(parameters).toEqual(parametersFor(layers));
});

test('a training keeps its latent weights within the bound to the end', async () => {
  const recipe = { ...toyRecipe(), network: bounded('both', 0.5) };
  const { network, history } = await train({ recipe, dataset: toyDataset(), seed: 1, backend: 'cpu' });
  const best = history.findLast(({ isBest }) => isBest)!;
  const [hidden] = network.layers;
  const kernel = 'kernel' in hidden ? hidden.kernel : new Float32Array(0);
  const largest = kernel.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  expect(largest * 4 * best.kWeight).toBeCloseTo(0.5, 5);
});
