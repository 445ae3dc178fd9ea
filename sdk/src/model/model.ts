import type { TrainedOn } from '@adiabit/simulator/bitstream';
import type { BinaryDense, Network } from '@adiabit/simulator/network';

export {
  MAX_INTEGER_SHIFT as MAX_MODEL_SHIFT,
  firstNotBinaryDense,
  inputsOf,
  isBinary,
  isBinaryDense,
  outputsOf,
  sourcesOf,
  validateNetwork as validateModel,
  valuesIn,
  type Activation,
  type ActivationLayer,
  type AddLayer,
  type BinaryDense,
  type ConvolutionLayer,
  type DenseLayer,
  type InputEncoding,
  type IntegerActivation,
  type IntegerMatrix,
  type Layer,
  type LogicLayer,
  type NetworkInput,
  type PictureShape,
  type PoolLayer,
  type RequantizeActivation,
  type ThresholdActivation,
  type Weights,
} from '@adiabit/simulator/network';

/**
 * A trained network as exact integers: what every witness of the circuit must reproduce bit for bit. Its layers are the
 * layers that the simulator knows (`simulator/src/network/`); it adds a name and what the network was trained on.
 */
export interface BinarizedModel extends Network {
  readonly name: string;
  /** If absent, what its examples and classes are is not known. */
  readonly trainedOn?: TrainedOn;
}

export interface BinaryDenseModel extends BinarizedModel {
  readonly layers: readonly BinaryDense[];
}
