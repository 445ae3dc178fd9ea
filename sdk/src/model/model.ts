import type { InputPreparation, TrainedOn } from '@adiabit/simulator/bitstream';
import type { BinaryDense, NetworkInput, Network } from '@adiabit/simulator/network';

export {
  MAX_INTEGER_SHIFT as MAX_MODEL_SHIFT,
  firstNotBinaryDense,
  inputsOf,
  isBinary,
  isBinaryDense,
  outputsOf,
  sourcesOf,
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
  type PictureShape,
  type PoolLayer,
  type RequantizeActivation,
  type ThresholdActivation,
  type Weights,
} from '@adiabit/simulator/network';

/**
 * A trained network as exact integers: what every witness of the circuit must reproduce bit for bit. Its layers are the
 * layers that the simulator knows (`simulator/src/network/`); it adds a name and what happens before the circuit.
 */
export interface BinarizedModel extends Network {
  readonly name: string;
  readonly input: ModelInput;
  /** If absent, what its examples and classes are is not known. */
  readonly trainedOn?: TrainedOn;
}

export interface ModelInput extends NetworkInput {
  /** How a recorded example becomes these integers, outside the circuit; absent: it is them. */
  readonly preparation?: InputPreparation;
}

export interface BinaryDenseModel extends BinarizedModel {
  readonly layers: readonly BinaryDense[];
}
