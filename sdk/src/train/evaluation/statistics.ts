import type { TensorBackend } from '../backends/tensor-backend.js';
import { gatherBatch } from '../datasets/batches.js';
import { contentOrder } from '../datasets/content-order.js';
import type { Examples } from '../datasets/dataset.js';
import { channelMoments, type StatisticsTensors } from '../forward/batch-norm.js';
import { forward } from '../forward/forward.js';
import type { Sharpness } from '../forward/sharpness.js';
import { uploadParameters } from '../learning/step.js';
import { channelsOf, type Layer } from '../network/layers.js';
import type { NetworkParameters, Statistics } from '../network/parameters.js';
import { evaluationBatch, evenBatch } from './evaluate.js';
import { PooledStatistics } from './pooled-statistics.js';

/**
 * Returns the statistics of every batch normalisation over the examples at one sharpness, by layer. Training uses each
 * batch's own; the hard network has these, from one pass over the training set. (The authors make 5 to 10 passes
 * because Keras only averages with a decay; here every batch has its exact weight.)
 *
 * @param limit most examples to use, chosen by their contents. If absent, all
 */
export async function estimateStatistics(
  backend: TensorBackend,
  layers: readonly Layer[],
  parameters: NetworkParameters,
  examples: Examples,
  sharpness: Sharpness,
  limit = examples.count,
): Promise<ReadonlyMap<number, Statistics>> {
  const indices = layers.flatMap(({ kind }, index) => (kind === 'batch-norm' ? [index] : []));
  if (indices.length === 0) return new Map();
  const sums = new Map(indices.map((index) => [index, new PooledStatistics(channelsOf(layers[index].inputShape))]));
  const count = Math.min(limit, examples.count);
  const order = contentOrder(examples);
  const batchSize = evenBatch(count, evaluationBatch(layers));
  for (let start = 0; start < count; start += batchSize) {
    const batch = gatherBatch(examples, order, start, Math.min(batchSize, count - start));
    for (const [index, moments] of await batchMoments(backend, layers, parameters, batch, sharpness)) {
      sums.get(index)?.add(moments, batch.size);
    }
  }
  return new Map([...sums].map(([index, sum]) => [index, sum.statistics()]));
}

async function batchMoments(
  backend: TensorBackend,
  layers: readonly Layer[],
  parameters: NetworkParameters,
  { inputs, size }: { readonly inputs: Float32Array; readonly size: number },
  sharpness: Sharpness,
): Promise<readonly (readonly [number, Statistics])[]> {
  backend.activate();
  const { tf } = backend;
  const found: [number, StatisticsTensors][] = [];
  tf.tidy(() => {
    const tensors = uploadParameters(tf, layers, parameters);
    const inputTensor = tf.tensor2d(inputs, [size, layers[0].inputs]);
    const onNormalize = (index: number, values: Parameters<typeof channelMoments>[1]) => {
      const { mean, variance } = channelMoments(tf, values);
      found.push([index, { mean: tf.keep(mean), variance: tf.keep(variance) }]);
    };
    forward(tf, layers, tensors, inputTensor, sharpness, { onNormalize });
  });
  try {
    return await Promise.all(
      found.map(async ([index, { mean, variance }]) => {
        const [means, variances] = await Promise.all([mean.data<'float32'>(), variance.data<'float32'>()]);
        return [index, { mean: means, variance: variances }] as const;
      }),
    );
  } finally {
    found.forEach(([, { mean, variance }]) => tf.dispose([mean, variance]));
  }
}
