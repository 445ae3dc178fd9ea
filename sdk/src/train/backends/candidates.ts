import { mendWasmKernels } from './wasm-kernels.js';
import type { Tensorflow } from './tensorflow.js';

/** `node`: TensorFlow's C library; `wasm`: WebAssembly in this process; `cpu`: plain JavaScript, very slow. */
export type BackendName = 'node' | 'wasm' | 'cpu';

/** A candidate that started: the library set to it, and a few words about it for reports. */
export interface StartedBackend {
  readonly tf: Tensorflow;
  /** The name TensorFlow.js itself uses (`tensorflow` for `node`). */
  readonly registeredName: string;
  readonly detail: string;
}

export interface BackendCandidate {
  readonly name: BackendName;
  /** Rejects with the reason when this backend is not to be had here. */
  readonly start: (importModule: ImportModule) => Promise<StartedBackend>;
}

/** `import()`, injectable so that tests can take a package away. */
export type ImportModule = (specifier: string) => Promise<unknown>;

/** Best first. */
export const backendCandidates: readonly BackendCandidate[] = [
  { name: 'node', start: startNode },
  { name: 'wasm', start: startWasm },
  { name: 'cpu', start: startCpu },
];

async function startNode(importModule: ImportModule): Promise<StartedBackend> {
  const tf = asTensorflow(await importModule('@tensorflow/tfjs-node'));
  await select(tf, 'tensorflow');
  return { tf, registeredName: 'tensorflow', detail: `TensorFlow C library, TensorFlow.js ${tf.version_core}` };
}

async function startWasm(importModule: ImportModule): Promise<StartedBackend> {
  const tf = asTensorflow(await importModule('@tensorflow/tfjs'));
  await importModule('@tensorflow/tfjs-backend-wasm');
  await select(tf, 'wasm');
  mendWasmKernels(tf);
  const hasSimd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true;
  const detail = `WebAssembly ${hasSimd ? 'with' : 'without'} SIMD, TensorFlow.js ${tf.version_core}`;
  return { tf, registeredName: 'wasm', detail };
}

async function startCpu(importModule: ImportModule): Promise<StartedBackend> {
  const tf = asTensorflow(await importModule('@tensorflow/tfjs'));
  await select(tf, 'cpu');
  return { tf, registeredName: 'cpu', detail: `plain JavaScript, TensorFlow.js ${tf.version_core}` };
}

async function select(tf: Tensorflow, registeredName: string): Promise<void> {
  // Production mode silences the library's banner and leaves out its per-operation checks.
  tf.enableProdMode();
  if (!(await tf.setBackend(registeredName))) throw new Error(`TensorFlow.js could not start '${registeredName}'.`);
  await tf.ready();
}

/** CommonJS packages arrive with their exports under `default`. */
function asTensorflow(imported: unknown): Tensorflow {
  const namespace = imported as Tensorflow & { readonly default?: Tensorflow };
  return namespace.default ?? namespace;
}
