import { ModelError } from '@adiabit/simulator/errors';
import type { TrainedOn } from '@adiabit/simulator/bitstream';
import { freeze, type FrozenNetwork } from '../train/freezing/freeze.js';
import { HARD_SHARPNESS } from '../train/network/activations.js';
import type { TrainedNetwork } from '../train/network/trained-network.js';
import { exampleBytes } from './examples.js';
import { adiabaticModelOf } from './instance.js';
import type { ExampleTensor, ModelInput, TrainableModel } from './library.js';
import { trainedNetworkOf } from './network/network-of.js';
import { sharpnessOf } from './sharpness.js';

export interface FreezeLayersModelOptions {
  /** What the numbers that the model is fed stand for: { bits: 8, divisor: 255 } for pixels between 0 and 1. */
  readonly input: ModelInput;
  /**
   * Validation examples, as the model is fed them or as bytes: real activations are scaled by some of them, and the
   * report compares the integers with the trained network on all.
   */
  readonly examples?: ExampleTensor | readonly Uint8Array[];
  /** If absent, the model's. */
  readonly name?: string;
  /** What the frozen model says of its examples and classes. If absent, nothing. */
  readonly trainedOn?: TrainedOn;
}

/** A frozen model, how near it is to the trained one, and that as plain numbers. */
export interface FrozenLayersModel extends FrozenNetwork {
  readonly network: TrainedNetwork;
}

/**
 * Turns a settled model into exact integers, as `freeze` of `@adiabit/sdk/train` does.
 *
 * @throws ModelError `model.bad-value` for a model that is still soft, `model.unsupported-layer` naming a layer that has no
 * integer form, and what `freeze` throws; DataError for examples that are none of the input
 */
export async function freezeLayersModel(
  model: TrainableModel,
  { input, examples = [], name = model.name, trainedOn }: FreezeLayersModelOptions,
): Promise<FrozenLayersModel> {
  const { model: trained } = adiabaticModelOf(model);
  const { kWeight, kActivation } = sharpnessOf(model);
  if (Math.min(kWeight, kActivation) < HARD_SHARPNESS) {
    const message =
      `The model "${model.name}" is still soft, at k = ${kWeight} (weights) and ${kActivation} (activations): ` +
      'train it to the end of its schedule with the callback "adiabatic", or settle it.';
    throw new ModelError('bad-value', message, { kWeight, kActivation });
  }
  const network = {
    ...(await trainedNetworkOf(trained, name, input)),
    ...(trainedOn === undefined ? {} : { trainedOn }),
  };
  const vectors = 'data' in examples ? await exampleBytes(examples, input) : examples;
  return { ...freeze(network, vectors), network };
}
