import { ModelError } from '@adiabit/simulator/errors';
import { expect, test } from 'vitest';
import { Random } from '../../random.js';
import { toyNetwork } from '../testing/toy-problem.js';
import { type NetworkSpec, resolveLayers } from './network.js';
import { initialParameters, toTrainedNetwork, trainableArrays } from './parameters.js';
import type { TrainedDenseNetwork } from './trained-network.js';

test.each([
  ['real', false, 'relu', false],
  ['weights', true, 'relu', false],
  ['activations', false, 'rectified-tanh', true],
  ['both', true, 'rectified-tanh', true],
] as const)('the mode %s alone decides what is binary', (mode, binaryWeights, activation, binaryActivation) => {
  const layers = resolveLayers(toyNetwork(mode));
  expect(layers).toEqual([
    {
      kind: 'dense',
      inputShape: [12],
      outputShape: [16],
      inputs: 12,
      outputs: 16,
      initialBound: 0.1,
      binaryWeights,
      activation,
      binaryActivation,
      dropout: 0.1,
      divisor: 255,
      sharpness: 1,
      latentBound: Infinity,
    },
    {
      kind: 'dense',
      inputShape: [16],
      outputShape: [3],
      inputs: 16,
      outputs: 3,
      initialBound: 0.1,
      binaryWeights,
      activation: 'none',
      binaryActivation: false,
      dropout: 0,
      divisor: 1,
      sharpness: 1,
      latentBound: Infinity,
    },
  ]);
});

const good = toyNetwork('both');
const [hidden, last] = good.layers;

test.each<[string, Partial<NetworkSpec>, string]>([
  ['no inputs', { inputs: 0 }, 'inputs must be a positive integer, not 0'],
  ['nine input bits', { inputBits: 9 }, 'inputBits must be 1 to 8, not 9'],
  ['a zero divisor', { divisor: 0 }, 'divisor must be positive, not 0'],
  ['no layers', { layers: [] }, 'it has no layers'],
  ['half a unit', { layers: [{ ...hidden, units: 1.5 }, last] }, 'layer 0: units must be a positive integer, not 1.5'],
  ['dropout of everything', { layers: [{ ...hidden, dropout: 1 }, last] }, 'layer 0: dropout must be in [0, 1), not 1'],
  ['no sharpness', { layers: [hidden, { ...last, sharpness: 0 }] }, 'layer 1: sharpness must be positive and finite'],
  [
    'a gradient of nothing',
    { layers: [hidden, { kind: 'activation', activation: 'sigmoid', gradientSharpness: 0 }, last] },
    'layer 1: gradientSharpness must be positive',
  ],
  ['no room for weights', { layers: [{ ...hidden, latentBound: 0 }, last] }, 'layer 0: latentBound must be positive'],
  ['no logits at the end', { layers: [hidden] }, 'layer 0: the last layer gives logits'],
])('%s is refused', (_, change, message) => {
  const act = () => resolveLayers({ ...good, ...change });
  expect(act).toThrow(ModelError);
  expect(act).toThrow(message);
});

test('kernels start uniform in [-0.1, 0.1), scales at 1, biases at 0', () => {
  const parameters = initialParameters(resolveLayers(toyNetwork('both')), Random.fromSeed(1));
  const { kernel, scale, bias } = parameters[0];
  expect([kernel.length, scale.length, bias.length]).toEqual([12 * 16, 1, 16]);
  expect(Math.max(...kernel.map(Math.abs))).toBeLessThanOrEqual(0.1);
  expect(Math.max(...kernel.map(Math.abs))).toBeGreaterThan(0.09);
  expect(Math.abs(kernel.reduce((sum, weight) => sum + weight, 0) / kernel.length)).toBeLessThan(0.02);
  expect([...scale, ...bias]).toEqual([1, ...new Array<number>(16).fill(0)]);
});

test('only layers with binary weights train a scale', () => {
  const sizes = (mode: 'real' | 'weights') => {
    const layers = resolveLayers(toyNetwork(mode));
    return trainableArrays(layers, initialParameters(layers, Random.fromSeed(1))).map(({ length }) => length);
  };
  expect(sizes('real')).toEqual([192, 16, 48, 3]);
  expect(sizes('weights')).toEqual([192, 16, 1, 48, 3, 1]);
});

test('a trained network is a copy: training on does not change it', () => {
  const parameters = initialParameters(resolveLayers(good), Random.fromSeed(1));
  const network = toTrainedNetwork(good, parameters) as TrainedDenseNetwork;
  const before = network.layers[0].kernel[0];
  parameters[0].kernel[0] += 1;
  expect(network.layers[0].kernel[0]).toBe(before);
  expect(network.input).toEqual({ count: 12, bits: 8, divisor: 255 });
  expect(network.layers.map(({ activation, binaryActivation }) => [activation, binaryActivation])).toEqual([
    ['rectified-tanh', true],
    ['none', false],
  ]);
});
