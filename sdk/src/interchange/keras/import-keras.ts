import { type ImportedModel, type ImportOptions, modelOf } from '../onnx/read/import-onnx.js';
import { graphOfKeras } from './keras-graph.js';
import { readKerasModel } from './read-h5.js';

/**
 * Reads a sequential model of Keras or Larq (`model.save('NAME.h5')`) as a model, as `importOnnx` does a graph.
 * @throws FormatError if it is no such file; ModelError `model.unsupported-layer` naming the layer that has no form here
 */
export function importKeras(bytes: Uint8Array, options: ImportOptions = {}): ImportedModel {
  return modelOf(graphOfKeras(readKerasModel(bytes, options.source ?? 'the file')), options);
}
