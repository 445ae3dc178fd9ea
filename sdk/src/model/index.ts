/** The trained network as exact integers: values, oracle and file. */
export { isBinary, isBinaryDense, outputsOf, validateModel } from './model.js';
export type {
  Activation,
  ActivationLayer,
  AddLayer,
  ConvolutionLayer,
  DenseLayer,
  Layer,
  LogicLayer,
  BinarizedModel,
  PoolLayer,
  BinaryDense,
  BinaryDenseModel,
  InputEncoding,
  IntegerActivation,
  IntegerMatrix,
  NetworkInput,
  PictureShape,
  RequantizeActivation,
  ThresholdActivation,
  Weights,
} from './model.js';
export type { Agreement, HardComparison, SaturatedLayer as HeldLayer } from './comparison.js';
export {
  loadModel,
  loadModelFile,
  modelDigest,
  parseModel,
  parseModelFile,
  saveModel,
  serializeModel,
  type ModelFile,
} from './model-file.js';
export { argmax, createOracle, type ModelTrace, type Oracle } from './oracle.js';
export type { TrainedOn } from '@adiabit/simulator/bitstream';
export type { Preparation } from '@adiabit/simulator/network';
export { layerRanges, type LayerRange, type Range } from './ranges.js';
