import { ModelError } from '@adiabit/simulator/errors';
import type { Backend } from '../backends/backend.js';
import { forward, hardened } from '../forward/forward.js';
import { type BinarizationMode, binarizationModes, type NetworkSpec, resolveLayers } from '../network/network.js';
import { fittingParameters } from '../network/starting-point.js';
import type { TrainedNetwork } from '../network/trained-network.js';
import { uploadParameters, type Teacher } from './step.js';

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

/** The teacher, and how its outputs are used. Plain data for other threads and processes. */
export interface TeacherSource {
  readonly network: TrainedNetwork;
  readonly softTargets: SoftTargets;
}

/**
 * Opens a trained network as a teacher. It gets every shard of a batch as augmentation left it, and answers as a hard
 * network with the statistics of that shard.
 *
 * @param spec the network that learns
 * @throws ModelError `model.shape-mismatch` when the teacher is no network of the same layers
 */
export function openTeacher(
  backend: Backend,
  spec: NetworkSpec,
  { network, softTargets: { from, temperature, weight } }: TeacherSource,
): Teacher {
  const layers = resolveLayers({ ...spec, mode: from });
  const parameters = fittingParameters(network, layers);
  return async (batch) => {
    backend.activate();
    const { tf } = backend;
    const output = tf.tidy(() => {
      const inputs = tf.tensor2d(batch.inputs, [batch.size, layers[0].inputs]);
      const logits = forward(tf, layers, uploadParameters(tf, layers, parameters), inputs, hardened);
      return tf.softmax(tf.div(logits, temperature));
    });
    try {
      const probabilities = await output.data<'float32'>();
      return {
        ...batch,
        targets: batch.targets.map((label, index) => (1 - weight) * label + weight * probabilities[index]),
      };
    } finally {
      output.dispose();
    }
  };
}

/** @throws ModelError `model.bad-value` naming the setting */
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
