import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';

/** What our kernels use of the wasm backend. */
export interface WasmHeap {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  /** Returns a view, good until the next allocation. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
  /** Takes one holder off the data; the last one frees it. */
  disposeData(dataId: DataId): boolean;
  /** Adds one holder of the data. */
  incRef(dataId: DataId): void;
}
