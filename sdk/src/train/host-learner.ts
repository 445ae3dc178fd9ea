import { adamUpdate } from './adam.js';
import { dropoutMask } from './batches.js';
import { boundLatents } from './latent-bound.js';
import type { Learner, Lesson } from './learner.js';
import { trainableArrays } from './parameters.js';
import { computeStep } from './step.js';

/** Keeps the numbers in the state's own arrays: gradients are read after every step, which costs little on the host. */
export function hostLearner({ backend, layers, adam, setting, state }: Lesson): Learner {
  const arrays = trainableArrays(layers, state.parameters);
  return {
    learn: async (batch) => {
      const masks = layers.map((layer) => dropoutMask(layer, batch.size, state.random));
      const { loss, gradients } = await computeStep(backend, layers, state.parameters, batch, masks, setting);
      adamUpdate(adam, state.adam, setting.learningRate, arrays, gradients);
      boundLatents(layers, state.parameters, setting.kWeight);
      return loss;
    },
    finish: () => Promise.resolve(),
    dispose: () => undefined,
  };
}
