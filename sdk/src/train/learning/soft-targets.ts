import { ModelError } from '@adiabit/simulator/errors';
import { type BinarizationMode, binarizationModes } from '../network/network.js';

/**
 * What is learnt besides the labels: the outputs of a trained network of the same layers, which say of every example
 * how much it looks like each class (G. Hinton et al., "Distilling the knowledge in a neural network", 2015).
 */
export interface SoftTargets {
  /** The mode of the network that teaches. */
  readonly from: BinarizationMode;
  /** What its logits are divided by before the softmax: above 0, softer the higher. */
  readonly temperature: number;
  /** The part of its outputs in what is learnt, above 0 and at most 1; the labels are the rest. */
  readonly weight: number;
}

/** Checks the settings of soft targets. @throws ModelError `model.bad-value` naming the setting */
export function checkSoftTargets({ from, temperature, weight }: SoftTargets, recipe: string): void {
  const refused = (name: string, range: string, value: unknown) =>
    new ModelError('bad-value', `Recipe '${recipe}': softTargets.${name} must be ${range}, not ${String(value)}.`, {
      recipe,
      setting: name,
    });
  if (!binarizationModes.includes(from)) throw refused('from', `one of ${binarizationModes.join(', ')}`, from);
  if (!(temperature > 0 && Number.isFinite(temperature))) throw refused('temperature', 'a number above 0', temperature);
  if (!(weight > 0 && weight <= 1)) throw refused('weight', 'above 0 and at most 1', weight);
}
