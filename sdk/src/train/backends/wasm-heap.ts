import type { DataId, TensorInfo } from '@tensorflow/tfjs';

/** What our kernels use of the wasm backend. */
export interface WasmHeap {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  /** A view, good until the next allocation. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
  /** One holder of the data less; the last one frees it. */
  disposeData(dataId: DataId): boolean;
  /** One holder of the data more. */
  incRef(dataId: DataId): void;
}
