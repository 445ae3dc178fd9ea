import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './wasm-heap.js';

/**
 * Makes Identity share its numbers instead of copying them, as on the cpu backend and as Reshape does; the stock kernel
 * copies.
 */
export const shareIdentity: KernelFunc = ({ inputs, backend }) => {
  const { dataId, shape, dtype } = inputs['x'] as TensorInfo;
  (backend as WasmHeap).incRef(dataId);
  return { dataId, shape, dtype };
};

/** Speeds up the look-up of entries of a line, `table[indices]`; every other gather is left to the stock kernel. */
export function lookUpFast(gather: KernelFunc): KernelFunc {
  return (given) => {
    const wasm = given.backend as WasmHeap;
    const table = given.inputs['x'] as TensorInfo;
    const indices = given.inputs['indices'] as TensorInfo;
    const isTable = table.shape.length === 1 && table.dtype === 'float32';
    if (!isTable || indices.dtype !== 'int32' || given.attrs?.['batchDims'] !== 0) return gather(given);
    const result = wasm.makeOutput(indices.shape, 'float32');
    // Views are taken after the allocation: growing the heap detaches older ones.
    const entries = wasm.typedArrayFromHeap(table);
    const places = wasm.typedArrayFromHeap(indices);
    const values = wasm.typedArrayFromHeap(result);
    for (let index = 0; index < values.length; index++) {
      const place = places[index];
      if (place < 0 || place >= entries.length) {
        wasm.disposeData(result.dataId);
        throw new RangeError(`There is no entry ${place} in a table of ${entries.length}.`);
      }
      values[index] = entries[place];
    }
    return result;
  };
}
