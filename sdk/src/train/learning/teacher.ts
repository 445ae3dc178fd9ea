import type { TensorBackend } from '../backends/tensor-backend.js';
import { forward } from '../forward/forward.js';
import { hardened } from '../forward/sharpness.js';
import { type NetworkSpec, resolveLayers } from '../network/network.js';
import { fittingParameters } from '../network/starting-point.js';
import type { TrainedNetwork } from '../network/trained-network.js';
import type { SoftTargets } from './soft-targets.js';
import { uploadParameters, type Teacher } from './step.js';

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
  backend: TensorBackend,
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
