/** The trained network as exact integers: values, oracle and file. */
export {
  inputBitsOf,
  sumMaximum,
  validateModel,
  type BinarizedDense,
  type BinarizedModel,
  type InputEncoding,
  type IntegerActivation,
  type ThresholdActivation,
} from './model.js';
export { argmax, createOracle, type ModelTrace, type Oracle } from './oracle.js';
export { loadModel, modelDigest, parseModel, saveModel, serializeModel } from './model-file.js';
