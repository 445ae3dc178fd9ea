import {
  isBinary,
  type BitMatrix,
  type DenseOperator,
  type InputPreparation,
  type IntegerActivation,
  type OperatorInput,
  type OperatorNetwork,
  type ThresholdActivation,
  type TrainedOn,
} from '@adiabit/simulator';

export {
  MAX_INTEGER_SHIFT as MAX_MODEL_SHIFT,
  inputsOf,
  isBinary,
  outputsOf,
  sourcesOf,
  valuesIn,
  type Activation,
  type ActivationOperator as BinarizedActivation,
  type AddOperator as BinarizedAdd,
  type ConvolutionOperator as BinarizedConvolution,
  type DenseOperator as BinarizedDense,
  type InputEncoding,
  type IntegerActivation,
  type IntegerMatrix,
  type Operator as BinarizedLayer,
  type PictureShape,
  type PoolOperator as BinarizedPool,
  type RequantizeActivation,
  type ThresholdActivation,
  type Weights,
} from '@adiabit/simulator';

/**
 * A trained network as exact integers: what every witness of the circuit must reproduce bit for bit. Its layers are the
 * operators that the simulator knows (`simulator/src/operators/`); it adds a name and what happens before the circuit.
 */
export interface BinarizedModel extends OperatorNetwork {
  readonly name: string;
  readonly input: ModelInput;
  /** If absent, what its examples and classes are is not known. */
  readonly trainedOn?: TrainedOn;
}

export interface ModelInput extends OperatorInput {
  /** How a recorded example becomes these integers, outside the circuit; absent: it is them. */
  readonly preparation?: InputPreparation;
}

/** A dense layer as the circuit has it: weights are bits, and so are values between layers. */
export interface BinaryDense extends DenseOperator {
  readonly weights: BitMatrix;
  readonly activation: (ThresholdActivation & { readonly inverted?: undefined }) | IntegerActivation;
}

export interface BinaryDenseModel extends BinarizedModel {
  readonly layers: readonly BinaryDense[];
}

/** Whether the model is dense layers of binary weights in a row over plain inputs. */
export function isBinaryDense(model: BinarizedModel): model is BinaryDenseModel {
  return model.input.zeroPoints === undefined && notBinaryDense(model) === undefined;
}

/** The first layer that keeps a model from being dense and binary, or undefined. */
export function notBinaryDense({ layers }: BinarizedModel): number | undefined {
  const index = layers.findIndex((layer, at) => {
    if (layer.kind !== 'dense' || !isBinary(layer.weights)) return true;
    const { activation, from = at - 1 } = layer;
    const isLast = at === layers.length - 1;
    const fits = isLast
      ? activation.kind === 'integer'
      : activation.kind === 'threshold' && activation.inverted === undefined;
    return from !== at - 1 || !fits;
  });
  return index < 0 ? undefined : index;
}

/** Bits of a value entering a layer of a dense binary model: the input's for the first one, 1 after that. */
export const inputBitsOf = (model: BinaryDenseModel, layer: number): number => (layer === 0 ? model.input.bits : 1);
