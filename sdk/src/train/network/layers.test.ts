import { ModelError } from '@adiabit/simulator/errors';
import { beforeAll, expect, test } from 'vitest';
import { Random } from '../../random.js';
import { openTensorBackend, type TensorBackend } from '../backends/tensor-backend.js';
import { gatherBatch } from '../datasets/batches.js';
import { evaluateHard, predictHard } from '../evaluation/evaluate-hard.js';
import { predict } from '../evaluation/evaluate.js';
import { estimateStatistics } from '../evaluation/statistics.js';
import { hardened } from '../forward/sharpness.js';
import { computeStep } from '../learning/step.js';
import { everyLayerNetwork, lineNetwork, toyPictureDataset, toyPictures } from '../testing/toy-pictures.js';
import { toyExamples, toyNetwork } from '../testing/toy-problem.js';
import type { LayerSpec } from './layer-specs.js';
import { kernelShape } from './layers.js';
import { type BinarizationMode, type NetworkSpec, resolveLayers } from './network.js';
import { initialParameters, toTrainedNetwork, trainableArrays, trainedNames } from './parameters.js';

const modes: readonly BinarizationMode[] = ['real', 'weights', 'activations', 'both'];

let backend: TensorBackend;
beforeAll(async () => {
  backend = await openTensorBackend({ name: 'wasm' });
});

/** Parameters in which nothing that is trained is 0, 1 or equal. */
function scattered(spec: NetworkSpec) {
  const layers = resolveLayers(spec);
  const parameters = initialParameters(layers, Random.fromSeed(8));
  const random = Random.fromSeed(6);
  parameters.forEach(({ scale, bias }, layer) => {
    if (!trainedNames(layers[layer]).includes('scale')) return;
    scale.forEach((_, index) => (scale[index] = random.uniform(0.5, 1.5)));
    bias.forEach((_, index) => (bias[index] = random.uniform(-0.05, 0.05)));
  });
  return parameters;
}

test('every shape is worked out', () => {
  expect(resolveLayers(everyLayerNetwork('both')).map(({ outputShape }) => outputShape.join('x'))).toEqual([
    ...['8x6x2', '8x6x4', '4x6x4', '4x6x4', '4x6x4', '4x6x4', '2x3x6', '2x3x6', '2x3x6', '2x3x6', '2x3x6', '2x3x6'],
    ...['2x3x6', '1x2x6', '1x2x6', '1x2x6', '12', '3'],
  ]);
  expect(resolveLayers(lineNetwork('both')).map(({ outputShape }) => outputShape.join('x'))).toEqual([
    ...['1x40x1', '1x40x1', '1x36x4', '1x9x4', '1x9x4', '1x9x4', '1x5x5', '1x5x5', '1x5x5', '5', '3'],
  ]);
});

test('the sharpness of a layer is a factor of its latent weights, in the loss and in their gradient', async () => {
  const toy = toyNetwork('both');
  const [hidden, last] = toy.layers;
  const sharp = resolveLayers({ ...toy, layers: [hidden, { ...last, sharpness: 4 }] });
  const plain = resolveLayers(toy);
  const parameters = scattered(toy);
  const fourfold = [parameters[0], { ...parameters[1], kernel: parameters[1].kernel.map((weight) => 4 * weight) }];
  const batch = gatherBatch(toyExamples(6, 1), Uint32Array.of(0, 1, 2, 3, 4, 5), 0, 6);
  const sharpness = { kWeight: 3, kActivation: 3 };
  const found = await computeStep(backend, sharp, parameters, { batch }, sharpness);
  const expected = await computeStep(backend, plain, fourfold, { batch }, sharpness);
  expect(found.loss).toBe(expected.loss);
  const kernel = 3;
  expect(found.gradients[kernel]).toEqual(expected.gradients[kernel].map((gradient) => 4 * gradient));
});

test.each([
  ['real', [false, false, false, false, false], ['relu', 'relu', 'relu']],
  ['weights', [true, true, true, true, true], ['relu', 'relu', 'relu']],
  ['activations', [false, false, false, false, false], ['sigmoid', 'tanh', 'relu']],
  ['both', [false, true, true, true, false], ['sigmoid', 'tanh', 'relu']],
] as const)('the mode %s alone decides what is binary, and changes no shape', (mode, weights, activations) => {
  const layers = resolveLayers(everyLayerNetwork(mode));
  const weighted = layers.flatMap((layer) =>
    kernelShape(layer) && 'binaryWeights' in layer ? [layer.binaryWeights] : [],
  );
  expect(weighted).toEqual(weights);
  expect(layers.flatMap((layer) => (layer.kind === 'activation' ? [layer.activation] : []))).toEqual(activations);
  expect(layers.map(({ outputs }) => outputs)).toEqual(
    resolveLayers(everyLayerNetwork('real')).map(({ outputs }) => outputs),
  );
});

test.each(
  modes.flatMap((mode) => [everyLayerNetwork(mode), lineNetwork(mode)]).map((spec) => [spec.name, spec] as const),
)('the tensor code, hardened, predicts what the plain loops predict: %s', async (_, spec) => {
  const layers = resolveLayers(spec);
  const parameters = scattered(spec);
  const examples = toyPictureDataset(spec.inputShape!, 3, 300).train;
  const statistics = await estimateStatistics(backend, layers, parameters, examples, hardened);
  const network = toTrainedNetwork(spec, parameters, statistics);
  const plain = predictHard(network, examples);
  const found = await predict(backend, layers, parameters, examples, hardened, statistics);
  expect(new Set(plain).size).toBeGreaterThan(1);
  // Real numbers are rounded to float32 in one and not in the other: a bit on its threshold may fall either way.
  const equal = found.reduce((count, label, index) => count + (label === plain[index] ? 1 : 0), 0);
  expect(equal).toBeGreaterThanOrEqual(297);
  expect(evaluateHard(network, { ...examples, labels: plain })).toBe(1);
});

test.each(modes)('gradients in mode %s are the slopes of the loss, and no tensor is left', async (mode) => {
  for (const spec of [everyLayerNetwork(mode), lineNetwork(mode)]) {
    const layers = resolveLayers(spec);
    const parameters = scattered(spec);
    const examples = toyPictureDataset(spec.inputShape!, 3, 12).train;
    const batch = {
      size: 12,
      inputs: Float32Array.from(examples.values),
      targets: Float32Array.from({ length: 36 }, (_, index) =>
        examples.labels[Math.floor(index / 3)] === index % 3 ? 1 : 0,
      ),
    };
    const sharpness = { kWeight: 2, kActivation: 1.5 };
    const step = () => computeStep(backend, layers, parameters, { batch }, sharpness);
    await step();
    const before = backend.tf.memory().numTensors;
    const { gradients } = await step();
    expect(backend.tf.memory().numTensors).toBe(before);
    // Along the gradient the loss must rise as fast as the gradient is long.
    const arrays = trainableArrays(layers, parameters);
    const length = Math.sqrt(
      gradients.reduce((sum, array) => array.reduce((part, value) => part + value ** 2, sum), 0),
    );
    const move = (distance: number) => {
      arrays.forEach((array, which) =>
        array.forEach((_, index) => (array[index] += (distance * gradients[which][index]) / length)),
      );
    };
    move(3e-4);
    const above = (await step()).loss;
    move(-6e-4);
    const below = (await step()).loss;
    expect((above - below) / 6e-4 / length).toBeGreaterThan(0.95);
    expect((above - below) / 6e-4 / length).toBeLessThan(1.05);
    expect(gradients.every((array) => array.some((value) => value !== 0))).toBe(true);
  }
});

test('the statistics are those of all examples together, whatever the batches', async () => {
  const spec: NetworkSpec = {
    ...lineNetwork('real'),
    layers: [{ kind: 'batch-norm' }, { kind: 'flatten' }, { units: 3, activation: 'none' }],
  };
  const layers = resolveLayers(spec);
  const { values, ...rest } = toyPictures([40, 1], 1500, 9);
  const found = await estimateStatistics(backend, layers, scattered(spec), { values, ...rest }, hardened);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(found.get(0)?.mean[0]).toBeCloseTo(mean, 2);
  expect(found.get(0)!.variance[0] / variance).toBeCloseTo(1, 4);
});

const dense: LayerSpec = { units: 3, activation: 'none' };

test.each<[string, readonly LayerSpec[], string]>([
  ['a dense layer on a picture', [dense], 'layer 0: a dense layer takes plain values: flatten first'],
  [
    'a convolution of plain values',
    [{ kind: 'flatten' }, { kind: 'convolution', filters: 2, size: 3 }, dense],
    'layer 1: convolution takes a picture',
  ],
  ['half a filter', [{ kind: 'convolution', filters: 0.5, size: 3 }, dense], 'filters must be a positive integer'],
  ['a window larger than the picture', [{ kind: 'max-pool', size: 9 }, dense], 'a window of 9 does not fit into 8'],
  ['a sum with a later layer', [{ kind: 'add', from: 3 }, dense], 'from must be an earlier layer, 0 to -1, not 3'],
  [
    'a sum of different shapes',
    [
      { kind: 'flatten' },
      { kind: 'flatten' },
      { kind: 'dropout', rate: 0 },
      { units: 5, activation: 'sigmoid' },
      { kind: 'add', from: 0 },
      dense,
    ],
    '[5] and [96] of layer 0 cannot be added',
  ],
  ['mu-law after the input', [{ kind: 'flatten' }, { kind: 'mu-law' }, dense], 'only the input can be mu-law'],
  [
    'a mean for each of three channels',
    [{ kind: 'normalize', mean: [1, 2, 3], deviation: [1, 1, 1] }, dense],
    'must have 2 numbers',
  ],
  ['a deviation of 0', [{ kind: 'normalize', mean: [1, 2], deviation: [1, 0] }, dense], 'a deviation must be positive'],
  ['a last layer that is no dense one', [{ kind: 'flatten' }], 'it must be dense, not flatten'],
])('%s is refused', (_, layers, message) => {
  const act = () => resolveLayers({ ...everyLayerNetwork('both'), layers });
  expect(act).toThrow(ModelError);
  expect(act).toThrow(message);
});

test('an input shape that is none is refused', () => {
  const spec = everyLayerNetwork('both');
  expect(() => resolveLayers({ ...spec, inputShape: [8, 6, 3] })).toThrow('of 144 values, but inputs is 96');
  expect(() => resolveLayers({ ...spec, inputShape: [96] })).toThrow('inputShape must be [height, width, channels]');
});
