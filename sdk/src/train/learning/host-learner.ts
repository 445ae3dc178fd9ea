import { boundLatents } from '../forward/latent-bound.js';
import { decayWeights } from '../forward/weight-decay.js';
import { trainableArrays } from '../network/parameters.js';
import { adamUpdate, decayFactor } from './adam.js';
import type { Learner, Lesson } from './learner.js';
import { shardsOf } from './shards.js';
import { drawMaskSeeds } from './step.js';

/** Keeps the numbers in the state's own arrays: gradients are read after every step, which costs little on the host. */
export function hostLearner({ layers, adam, setting, state, shards: count, pool }: Lesson): Learner {
  const arrays = trainableArrays(layers, state.parameters);
  const factor = decayFactor(adam, setting.learningRate);
  return {
    learn: async (batch) => {
      const shards = shardsOf(batch, count).map((shard) => ({
        batch: shard,
        maskSeeds: drawMaskSeeds(layers, state.random),
      }));
      const { loss, gradients } = await pool.compute(state.parameters, shards, setting);
      if (factor !== 1) decayWeights(layers, state.parameters, factor);
      adamUpdate(adam, state.adam, setting.learningRate, arrays, gradients);
      boundLatents(layers, state.parameters, setting.kWeight);
      return loss;
    },
    finish: () => Promise.resolve(),
    dispose: () => undefined,
  };
}
