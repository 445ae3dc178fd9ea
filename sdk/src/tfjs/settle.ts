import type { layers, LayersModel, Tensor } from '@tensorflow/tfjs';
import type { Tensorflow } from './whole-library.js';
import { PooledStatistics } from '../train/evaluation/pooled-statistics.js';
import { channelMoments } from '../train/forward/batch-norm.js';
import type { Statistics } from '../train/network/parameters.js';
import { adiabaticModelOf } from './instance.js';
import type { ExampleTensor, TrainableModel } from './library.js';
import { hard, sharpen } from './sharpness.js';
import { checkExamples, normalizationsOf } from './network/normalizations.js';

/** Examples that go through the model at once. */
const EXAMPLES_AT_ONCE = 500;

/**
 * Makes a model the hard network, the one that is frozen: weights are signs, activations are steps, and every batch
 * normalisation gets the mean and variance that its input has in this network over the examples, one after the other from
 * the input on. Those of training belong to a softer network.
 *
 * @param examples as the model is fed them, of the training set: all, or some thousands. If absent, a model with batch
 * normalisation is refused
 * @throws ModelError `model.bad-value` when examples are missing, or the model has no adiabatic layers
 */
export async function settle(model: TrainableModel, examples?: ExampleTensor): Promise<void> {
  const adiabatic = adiabaticModelOf(model);
  checkExamples(adiabatic.model, examples);
  sharpen(model, hard);
  for (const layer of normalizationsOf(adiabatic.model)) {
    const { mean, variance } = await statisticsBefore(
      adiabatic.tf,
      adiabatic.model,
      layer,
      examples as unknown as Tensor,
    );
    adiabatic.tf.tidy(() => {
      const trained = layer.getWeights().slice(0, -2);
      layer.setWeights([...trained, adiabatic.tf.tensor1d(mean), adiabatic.tf.tensor1d(variance)]);
    });
  }
}

async function statisticsBefore(
  tf: Tensorflow,
  model: LayersModel,
  layer: layers.Layer,
  examples: Tensor,
): Promise<Statistics> {
  const before = tf.model({ inputs: model.inputs, outputs: layer.input });
  const pooled = new PooledStatistics(layer.getWeights()[0].size);
  const count = examples.shape[0];
  for (let start = 0; start < count; start += EXAMPLES_AT_ONCE) {
    const size = Math.min(EXAMPLES_AT_ONCE, count - start);
    const [mean, variance] = tf.tidy(() => {
      const batch = examples.slice(start, size);
      const moments = channelMoments(tf, before.predict(batch, { batchSize: size }) as Tensor);
      return [moments.mean, moments.variance];
    });
    const [means, variances] = await Promise.all([mean.data<'float32'>(), variance.data<'float32'>()]);
    pooled.add({ mean: means, variance: variances }, size);
    tf.dispose([mean, variance]);
  }
  return pooled.statistics();
}
