import type { ImportModule } from './backend.js';
import type { Tensorflow } from './tensorflow.js';

/** A candidate that started: the library set to it, and a few words about it for reports. */
export interface StartedBackend {
  readonly tf: Tensorflow;
  /** The name TensorFlow.js itself uses (`tensorflow` for `node`). */
  readonly registeredName: string;
  readonly detail: string;
  /**
   * The memory that holds the trained numbers during an epoch. Reading them back costs little from the host, and much
   * from a device.
   */
  readonly weightsOn: 'host' | 'device';
  /** Kernels that this project has registered for it. */
  readonly ourKernels: readonly string[];
}

/** A backend would start, but only the user's word makes it a choice. */
export class BackendRefused extends Error {}

/** Makes a backend the library's current one. */
export async function select(tf: Tensorflow, registeredName: string): Promise<void> {
  // Production mode silences the library's banner and leaves out its per-operation checks.
  tf.enableProdMode();
  if (!(await tf.setBackend(registeredName))) throw new Error(`TensorFlow.js could not start '${registeredName}'.`);
  await tf.ready();
}

/** Loads the library: its core, and the gradients, which come with its layers and not with the core's build for Node. */
export async function importTensorflow(importModule: ImportModule): Promise<Tensorflow> {
  const tf = asTensorflow(await importModule('@tensorflow/tfjs-core'));
  await importModule('@tensorflow/tfjs-layers');
  return tf;
}

/** Unwraps an imported package. CommonJS packages arrive with their exports under `default`. */
export function asTensorflow(imported: unknown): Tensorflow {
  const namespace = imported as Tensorflow & { readonly default?: Tensorflow };
  return namespace.default ?? namespace;
}
