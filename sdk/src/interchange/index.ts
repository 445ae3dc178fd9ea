/**
 * Models in the formats of other tools: frozen models as ONNX, and networks that others trained as models of ours.
 */
export { importKeras } from './keras/import-keras.js';
export { importOnnx, type ImportedModel, type ImportOnnxOptions, type ImportOptions } from './onnx/read/import-onnx.js';
export type { InputScaling } from './onnx/read/input.js';
export type { ImportNote } from './onnx/read/value.js';
export type { ReadExternal } from './onnx/read/constant.js';
export { writeOnnx, type WriteOnnxOptions } from './onnx/write/write-onnx.js';
