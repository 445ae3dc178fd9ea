/**
 * Models in the formats of other tools: frozen models as ONNX, and networks that others trained as models of ours.
 */
export { writeOnnx, type WriteOnnxOptions } from './onnx/write/write-onnx.js';
