import { beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../random.js';
import { openTensorBackend, type TensorBackend } from '../backends/tensor-backend.js';
import { contentOrder, vectorsInContentOrder } from '../datasets/content-order.js';
import { type Examples, exampleVectors } from '../datasets/dataset.js';
import { hardened } from '../forward/sharpness.js';
import { freeze } from '../freezing/freeze.js';
import type { LayerSpec } from '../network/layer-specs.js';
import { type NetworkSpec, resolveLayers } from '../network/network.js';
import { initialParameters, toTrainedNetwork } from '../network/parameters.js';
import { toyPictures } from '../testing/toy-pictures.js';
import { countCorrect, evenBatch, predict } from './evaluate.js';
import { estimateStatistics } from './statistics.js';

let backend: TensorBackend;
beforeAll(async () => {
  backend = await openTensorBackend({ name: 'wasm' });
});

const shape = [4, 4, 1] as const;
/** More than are evaluated at once. */
const examples = toyPictures(shape, 2100, 1);
const soft = { kWeight: 3, kActivation: 3 };

function rearranged({ labels, ...rest }: Examples, order: readonly number[]): Examples {
  const vectors = exampleVectors({ labels, ...rest });
  return {
    ...rest,
    values: Uint8Array.from(order.flatMap((index) => [...vectors[index]])),
    labels: Uint8Array.from(order, (index) => labels[index]),
  };
}

const indices = Array.from({ length: examples.count }, (_, index) => index);
const random = Random.fromSeed(5);
const byClass = indices.toSorted((one, other) => examples.labels[one] - examples.labels[other]);
const shuffled = indices
  .map((index) => [random.uniform(), index] as const)
  .toSorted(([one], [other]) => one - other)
  .map(([, index]) => index);
const orders = { 'sorted by class': byClass, backwards: indices.toReversed(), shuffled };

const normalized: readonly LayerSpec[] = [{ kind: 'batch-norm' }, { kind: 'activation', activation: 'hard-tanh' }];
const networks: Readonly<Record<string, readonly LayerSpec[]>> = {
  dense: [{ kind: 'flatten' }, { units: 9, activation: 'none' }, ...normalized],
  convolutional: [
    { kind: 'convolution', filters: 4, size: 3 },
    ...normalized,
    { kind: 'convolution', filters: 4, size: 3 },
    ...normalized,
    { kind: 'flatten' },
  ],
};

function specOf(name: string): NetworkSpec {
  const layers: LayerSpec[] = [...networks[name], { units: 3, activation: 'none' }];
  return { name, inputs: 16, inputShape: shape, inputBits: 8, divisor: 255, mode: 'both', layers };
}

describe.each(Object.keys(networks))('of a %s network', (name) => {
  const spec = specOf(name);
  const layers = resolveLayers(spec);
  // Weights large enough to tell examples apart.
  const parameters = initialParameters(layers, Random.fromSeed(2)).map((layer) => ({
    ...layer,
    kernel: layer.kernel.map((weight) => 20 * weight),
  }));

  test.each(Object.entries(orders))('no figure depends on the order of examples: %s', async (_, order) => {
    const other = rearranged(examples, order);
    const predictions = await predict(backend, layers, parameters, examples, soft);
    expect(new Set(predictions).size).toBeGreaterThan(1);
    expect([...(await predict(backend, layers, parameters, other, soft))]).toEqual(
      order.map((index) => predictions[index]),
    );
    const correct = await countCorrect(backend, layers, parameters, examples, soft);
    expect(await countCorrect(backend, layers, parameters, other, soft)).toBe(correct);
    for (const limit of [examples.count, 500]) {
      const statistics = await estimateStatistics(backend, layers, parameters, examples, hardened, limit);
      expect(await estimateStatistics(backend, layers, parameters, other, hardened, limit)).toEqual(statistics);
    }
  });
});

test('integers of real activations do not depend on the order of the examples that scale them', () => {
  const spec: NetworkSpec = { ...specOf('convolutional'), mode: 'weights' };
  const network = toTrainedNetwork(spec, initialParameters(resolveLayers(spec), Random.fromSeed(2)));
  const some = exampleVectors(examples, 100);
  expect(freeze(network, some.toReversed())).toEqual(freeze(network, some));
});

test('examples are mixed by their contents, each once, and alike ones stand together', () => {
  const order = contentOrder(examples);
  expect([...order].toSorted((one, other) => one - other)).toEqual(indices);
  // Of sorted examples every hundred has all three classes, about as many of each.
  const sorted = rearranged(examples, byClass);
  const labels = Array.from(contentOrder(sorted), (index) => sorted.labels[index]);
  for (let start = 0; start < 2100; start += 100) {
    for (const label of [0, 1, 2]) {
      expect(labels.slice(start, start + 100).filter((each) => each === label).length).toBeGreaterThan(15);
    }
  }
  const twins = [Uint8Array.of(1, 2), Uint8Array.of(3, 4), Uint8Array.of(1, 2)];
  expect(vectorsInContentOrder(twins.toReversed())).toEqual(vectorsInContentOrder(twins));
});

test('batches are nearly alike in size', () => {
  expect([1000, 1001, 2100, 999, 1].map((count) => evenBatch(count, 1000))).toEqual([1000, 501, 700, 999, 1]);
});
