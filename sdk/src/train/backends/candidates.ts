import { MASK_KERNEL_NAME, registerMaskKernel } from './mask-kernel.js';
import type { BackendName } from './names.js';
import { patchNodeKernels, nodeKernels } from './node-kernels.js';
import type { ImportModule } from './backend.js';
import { asTensorflow, importTensorflow, select, type StartedBackend } from './starting.js';
import { patchedWasmKernels, patchWasmKernels } from './wasm-kernels.js';
import { startWebgpu } from './webgpu.js';

/**
 * Starts a backend. Rejects with the reason when it is not to be had here.
 *
 * @param isNamed whether the user asked for this backend and no other
 */
type Start = (importModule: ImportModule, isNamed: boolean) => Promise<StartedBackend>;

export const starts: Readonly<Record<BackendName, Start>> = {
  node: startNode,
  webgpu: startWebgpu,
  wasm: startWasm,
  cpu: startCpu,
};

/**
 * What TensorFlow reads when it is loaded. One thread an operation, because sums in convolutions depend on their number: bytes
 * would be the machine's. Other cores are for the shards of a batch. Messages below errors are about how it was compiled.
 */
const tensorflowEnvironment = {
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  TF_CPP_MIN_LOG_LEVEL: '2',
};

async function startNode(importModule: ImportModule): Promise<StartedBackend> {
  for (const [name, value] of Object.entries(tensorflowEnvironment)) process.env[name] ??= value;
  const tf = asTensorflow(await importModule('@tensorflow/tfjs-node'));
  await select(tf, 'tensorflow');
  patchNodeKernels(tf);
  registerMaskKernel(tf, 'tensorflow');
  const detail = `TensorFlow C library, TensorFlow.js ${tf.version_core}`;
  return {
    tf,
    registeredName: 'tensorflow',
    detail,
    weightsOn: 'host',
    ourKernels: [MASK_KERNEL_NAME, ...nodeKernels],
  };
}

async function startWasm(importModule: ImportModule): Promise<StartedBackend> {
  const tf = await importTensorflow(importModule);
  await importModule('@tensorflow/tfjs-backend-wasm');
  await select(tf, 'wasm');
  patchWasmKernels(tf);
  registerMaskKernel(tf, 'wasm');
  const hasSimd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) === true;
  const detail = `WebAssembly ${hasSimd ? 'with' : 'without'} SIMD, TensorFlow.js ${tf.version_core}`;
  return {
    tf,
    registeredName: 'wasm',
    detail,
    weightsOn: 'host',
    ourKernels: [MASK_KERNEL_NAME, ...patchedWasmKernels],
  };
}

async function startCpu(importModule: ImportModule): Promise<StartedBackend> {
  const tf = await importTensorflow(importModule);
  await importModule('@tensorflow/tfjs-backend-cpu');
  await select(tf, 'cpu');
  registerMaskKernel(tf, 'cpu');
  const detail = `plain JavaScript, TensorFlow.js ${tf.version_core}`;
  return { tf, registeredName: 'cpu', detail, weightsOn: 'host', ourKernels: [MASK_KERNEL_NAME] };
}
