import { patchedWasmKernels, patchWasmKernels } from '../train/backends/wasm-kernels.js';
import { libraryOf } from './instance.js';
import type { TensorLibrary } from './library.js';

/**
 * Gives the wasm backend the kernels that training lacks there, or has only slowly: without them it cannot train
 * convolutions. They are the process's, and those of our own trainer. Other backends need none.
 *
 * @returns the kernels that were added or replaced; none if the current backend is another
 */
export async function registerTrainingKernels(tf: TensorLibrary): Promise<readonly string[]> {
  const library = libraryOf(tf);
  await library.ready();
  if (library.getBackend() !== 'wasm') return [];
  patchWasmKernels(library);
  return patchedWasmKernels;
}
