import { ModelError } from '@adiabit/simulator/errors';
import type { Optimizer } from '@tensorflow/tfjs';
import type { Tensorflow } from './whole-library.js';

/** What every optimizer of TensorFlow.js has, though its declarations hide it. */
interface Rated {
  learningRate: number;
  setLearningRate?: (rate: number) => void;
}

/** Returns an optimizer's learning rate. @throws ModelError `model.bad-value` for one that has none */
export function learningRateOf(optimizer: Optimizer): number {
  const { learningRate } = optimizer as unknown as Partial<Rated>;
  if (typeof learningRate === 'number') return learningRate;
  const message = `The optimizer ${optimizer.getClassName()} has no learning rate that could fall as k rises: compile the model with tf.train.adam.`;
  throw new ModelError('bad-value', message);
}

export function setLearningRate(optimizer: Optimizer, rate: number): void {
  const rated = optimizer as unknown as Rated;
  if (rated.setLearningRate === undefined) rated.learningRate = rate;
  else rated.setLearningRate(rate);
}

/**
 * Lets an optimizer forget its moments, which belong to a softer function.
 * @throws Error of TensorFlow.js for one that cannot (Adamax)
 */
export async function forgetMoments(tf: Tensorflow, optimizer: Optimizer): Promise<void> {
  const [iterations, ...moments] = await optimizer.getWeights();
  const none = tf.scalar(0, 'int32');
  await optimizer.setWeights([{ name: iterations.name, tensor: none }]);
  tf.dispose([none, iterations.tensor, ...moments.map(({ tensor }) => tensor)]);
}
