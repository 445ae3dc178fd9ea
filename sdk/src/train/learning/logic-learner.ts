import { rewire, STEPS_BETWEEN, STEPS_PROBED } from '../logic/rewire.js';
import { trainableArrays } from '../network/parameters.js';
import { adamUpdate } from './adam.js';
import type { Learner, Lesson } from './learner.js';
import { shardsOf } from './shards.js';

/**
 * Latent entries and logits stay within this of 0. Else Adam makes the network hard by itself within a few epochs, and
 * the sharpness controls nothing.
 */
const LATENT_LIMIT = 1;

/** Learns a network of tables: steps as `hostLearner`'s, and now and then better wires. */
export function logicLearner({ layers, adam, setting, state, shards: count, pool }: Lesson): Learner {
  const arrays = trainableArrays(layers, state.parameters);
  const { kActivation, learningRate } = setting;
  // Entries, then wires, of every layer of tables.
  const rates = layers.flatMap((layer) =>
    layer.kind === 'logic' ? [learningRate, learningRate * layer.wireRate] : [],
  );
  const first = layers.findIndex(({ kind }) => kind === 'logic');
  let probeSeed: number | undefined;
  let probed: Float32Array | undefined;

  const rewireFirst = (seed: number, gradients: Float32Array): void => {
    const layer = layers[first];
    if (layer.kind !== 'logic') return;
    const { firstMoments, secondMoments } = state.adam;
    // The wires of the first layer of tables are the second array.
    const moments = { first: firstMoments[1], second: secondMoments[1] };
    rewire(layer, state.parameters[first], moments, gradients, seed, kActivation);
  };

  return {
    learn: async (batch) => {
      const turn = state.adam.updates % STEPS_BETWEEN;
      const probes = setting.rewires === true && turn >= STEPS_BETWEEN - STEPS_PROBED;
      if (probes) probeSeed ??= state.random.nextWord();
      const asked = probes && probeSeed !== undefined ? { probeSeed } : {};
      const shards = shardsOf(batch, count).map((shard) => ({ batch: shard, ...asked }));
      const { loss, gradients } = await pool.compute(state.parameters, shards, setting);
      adamUpdate(adam, state.adam, rates, arrays, gradients);
      for (const values of arrays) limit(values);
      if (probes && probeSeed !== undefined) {
        if (probed === undefined) probed = gradients[arrays.length];
        else add(probed, gradients[arrays.length]);
        if (turn === STEPS_BETWEEN - 1) {
          rewireFirst(probeSeed, probed);
          probeSeed = undefined;
          probed = undefined;
        }
      }
      return loss;
    },
    finish: () => Promise.resolve(),
    dispose: () => undefined,
  };
}

function limit(values: Float32Array): void {
  for (let index = 0; index < values.length; index++) {
    if (values[index] > LATENT_LIMIT) values[index] = LATENT_LIMIT;
    else if (values[index] < -LATENT_LIMIT) values[index] = -LATENT_LIMIT;
  }
}

function add(sums: Float32Array, values: Float32Array): void {
  for (let index = 0; index < sums.length; index++) sums[index] += values[index];
}
