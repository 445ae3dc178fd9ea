/** Networks as plain integers: layers, their checks, the oracle that computes them, ranges, and the memory that firmware needs. */
export { accumulatorMaximum, neverThreshold, type CountingLayer, type CountingShape } from './counting-layer.js';
export {
  countsOf,
  firstNotBinaryDense,
  isBinaryDense,
  networkOfCounts,
  type BinaryDense,
  type BinaryDenseNetwork,
} from './counts.js';
export { validateCounts } from './validate-counts.js';
export {
  LARGEST_TABLE_INPUTS,
  LARGEST_WEIGHT,
  MAX_INTEGER_SHIFT,
  SMALLEST_TABLE_INPUTS,
  givesBits,
  inputsOf,
  isBinary,
  levelsOf,
  outputShapeOf,
  outputsOf,
  sourcesOf,
  valuesIn,
  type Activation,
  type ActivationLayer,
  type AddLayer,
  type ConvolutionLayer,
  type DenseLayer,
  type InputEncoding,
  type IntegerActivation,
  type IntegerMatrix,
  type Layer,
  type LogicLayer,
  type NetworkInput,
  type Network,
  type PictureShape,
  type PoolLayer,
  type RequantizeActivation,
  type ThermometerLayer,
  type ThresholdActivation,
  type Weights,
} from './network.js';
export {
  argmax,
  createLayer,
  createOracle,
  valuesOfInput,
  type NetworkTrace,
  type LayerFunction,
  type Oracle,
} from './oracle.js';
export { inputRange, layerRanges, rangeOf, weightedRange, type LayerRange, type Range } from './ranges.js';
export {
  hasUnrolledForm,
  unrolledStagesOf,
  type CountedChannels,
  type UnrolledNetwork,
  type UnrolledStage,
} from './unrolled.js';
export { votesOf, type Votes } from './votes.js';
export { validateNetwork } from './validate.js';
export {
  checkMemory,
  packedBytes,
  planMemory,
  readStoredValues,
  storedBytes,
  workBytesOf,
  type MemoryPlan,
  type StoredValues,
  type ValueForm,
} from './memory.js';
export { MAX_STEPS, STEPS_UNIT, prepared, type Preparation, type SampleEncoding } from './preparation.js';
export { MU_LAW_BIAS, decodeMuLaw } from './mu-law.js';
export {
  MAX_SCALE_MULTIPLIER,
  MAX_SCALE_SHIFT,
  checkValueScale,
  isInt32,
  isValueScale,
  scaleOfRange,
  scaledByte,
  scaledBytes,
  toInt32,
  type ValueScale,
} from './value-scale.js';
