import { beforeAll, expect, test } from 'vitest';
import { Random } from '../../random.js';
import { openTensorBackend, type TensorBackend } from '../backends/tensor-backend.js';
import { hardened } from '../forward/sharpness.js';
import { type BinarizationMode, resolveLayers } from '../network/network.js';
import { initialParameters, toTrainedNetwork } from '../network/parameters.js';
import type { TrainedNetwork } from '../network/trained-network.js';
import { toyExamples, toyNetwork } from '../testing/toy-problem.js';
import { evaluateHard, predictHard } from './evaluate-hard.js';
import { predict } from './evaluate.js';

let backend: TensorBackend;
beforeAll(async () => {
  backend = await openTensorBackend({ name: 'wasm' });
});

/** Two inputs, one hidden bit that fires iff 0.5 (x0 - x1) / 10 + bias >= 0, and two logits that follow it. */
function tinyNetwork(bias: number): TrainedNetwork {
  const common = { kind: 'dense', inputs: 2, outputs: 2, binaryWeights: true } as const;
  return {
    name: 'tiny',
    input: { count: 2, bits: 8, divisor: 10 },
    layers: [
      {
        ...common,
        kernel: Float32Array.of(0.3, 0, -0.01, -7),
        scale: 0.5,
        bias: Float32Array.of(bias, -100),
        activation: 'rectified-tanh',
        binaryActivation: true,
      },
      {
        ...common,
        kernel: Float32Array.of(-1, 1, 1, 1),
        scale: 1,
        bias: Float32Array.of(0.5, -0.25),
        activation: 'none',
        binaryActivation: false,
      },
    ],
  };
}

function twoInputs(...rows: readonly (readonly [number, number])[]) {
  const values = Uint8Array.from(rows.flat());
  return { count: rows.length, shape: [2], values, labels: new Uint8Array(rows.length), classes: 2 };
}

test('a bit fires at zero and above, worked out by hand', () => {
  // At bias 0 it fires iff x0 >= x1; fired, the logits are (-0.5, 0.75), else (0.5, -0.25).
  const examples = twoInputs([7, 7], [7, 8], [8, 7], [0, 255]);
  expect([...predictHard(tinyNetwork(0), examples)]).toEqual([1, 0, 1, 0]);
  // A bias of -1/4 moves the threshold to x0 - x1 >= 5, exactly.
  expect([...predictHard(tinyNetwork(-0.25), twoInputs([5, 0], [4, 0], [105, 100], [104, 100]))]).toEqual([1, 0, 1, 0]);
});

test('equal logits go to the first class', () => {
  const { layers, ...rest } = tinyNetwork(0);
  const last = { ...layers[1], kernel: Float32Array.of(1, 1, 1, 1), bias: Float32Array.of(0, 0) };
  expect([...predictHard({ ...rest, layers: [layers[0], last] }, twoInputs([1, 2], [2, 1]))]).toEqual([0, 0]);
});

test('accuracy is the fraction that is right', () => {
  const examples = { ...twoInputs([7, 7], [7, 8], [8, 7], [0, 255]), labels: Uint8Array.of(1, 0, 0, 0) };
  expect(evaluateHard(tinyNetwork(0), examples)).toBe(0.75);
});

test.each<BinarizationMode>(['real', 'weights', 'activations', 'both'])(
  'the tensor code, hardened, predicts what the plain loops predict in mode %s',
  async (mode) => {
    const spec = toyNetwork(mode);
    const layers = resolveLayers(spec);
    const parameters = initialParameters(layers, Random.fromSeed(5));
    const random = Random.fromSeed(6);
    for (const { kernel, bias, scale } of parameters) {
      kernel.forEach((_, index) => (kernel[index] = random.uniform(-1, 1)));
      bias.forEach((_, index) => (bias[index] = random.uniform(-0.2, 0.2)));
      scale[0] = mode === 'real' || mode === 'activations' ? 1 : random.uniform(0.1, 0.9);
    }
    const examples = { ...toyExamples(1500, 7), values: Uint8Array.from({ length: 18_000 }, () => random.below(256)) };
    const plain = predictHard(toTrainedNetwork(spec, parameters), examples);
    expect(new Set(plain).size).toBeGreaterThan(1);
    expect(await predict(backend, layers, parameters, examples, hardened)).toEqual(plain);
  },
);
