import type { Sharpness } from '../train/forward/sharpness.js';
import { HARD_SHARPNESS, isBinaryActivation } from '../train/network/activations.js';
import { type AdiabaticLayer, adiabaticLayersOf } from './layers/adiabatic-layer.js';
import type { WeightSettings } from './layers/settings.js';
import type { TrainableModel } from './library.js';

/** From here on every function is hard. Not Infinity, which the JSON of a saved model cannot hold. */
export const hard: Sharpness = { kWeight: HARD_SHARPNESS, kActivation: HARD_SHARPNESS };

/** Gives all adiabatic layers of a model a sharpness. From 1,000 on weights are signs and activations steps. */
export function sharpen(model: TrainableModel, { kWeight, kActivation }: Sharpness): void {
  for (const layer of adiabaticLayersOf(model)) layer.sharpness = { kWeight, kActivation };
}

/** Returns the sharpness of a model's softest functions; Infinity where nothing is binary. */
export function sharpnessOf(model: TrainableModel): Sharpness {
  const least = (of: (layer: AdiabaticLayer) => number | undefined): number =>
    Math.min(...adiabaticLayersOf(model).map((layer) => of(layer) ?? Infinity));
  return {
    kWeight: least((layer) => (binaryWeights(layer) ? layer.sharpness.kWeight : undefined)),
    kActivation: least((layer) => (binaryActivation(layer) ? layer.sharpness.kActivation : undefined)),
  };
}

const binaryWeights = ({ settings }: AdiabaticLayer): boolean =>
  (settings as Partial<WeightSettings>).binaryWeights === true;

function binaryActivation({ settings: { activation } }: AdiabaticLayer): boolean {
  return activation !== 'linear' && activation !== 'softmax' && isBinaryActivation(activation);
}
