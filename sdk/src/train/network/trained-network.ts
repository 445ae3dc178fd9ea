import type { TrainedOn } from '@adiabit/simulator/bitstream';
import type { ActivationName } from './activations.js';
import type {
  ActivationLayer,
  AddLayer,
  BatchNormLayer,
  ConvolutionLayer,
  GroupSumLayer,
  LogicLayer,
  NormalizeLayer,
  PlainLayer,
  PoolLayer,
  ThermometerLayer,
} from './layers.js';

export type { ActivationName };

/** One trained dense layer as plain numbers: y = activation(scale * (x . w) + bias). */
export interface TrainedDense {
  readonly kind: 'dense';
  readonly inputs: number;
  readonly outputs: number;
  /** Whether the deployed weight is sign(kernel), with sign(0) = +1, or the real kernel. */
  readonly binaryWeights: boolean;
  /** Latent (or real) weights, inputs x outputs, row-major: kernel[input * outputs + output]. */
  readonly kernel: Float32Array;
  /** The layer's one trainable scale; 1 for a layer with real weights. */
  readonly scale: number;
  readonly bias: Float32Array;
  readonly activation: ActivationName;
  /** Whether the deployed activation is the hard one (a bit), or the real one (`relu`, `none`). */
  readonly binaryActivation: boolean;
}

/** A trained convolution: y = scale * (x * w), without bias. */
export interface TrainedConvolution extends ConvolutionLayer {
  /** Latent (or real) weights, [height, width, in, out], row-major. */
  readonly kernel: Float32Array;
  readonly scale: number;
}

/** gamma (x - mean) / sqrt(variance + 0.001) + beta in each channel; the statistics are the hard network's. */
export interface TrainedBatchNorm extends BatchNormLayer {
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** A trained sum; the kernel [1, 1, in, out] is empty when the earlier output is added as it is. */
export interface TrainedAdd extends AddLayer {
  readonly kernel: Float32Array;
  readonly scale: number;
}

/** Trained tables: the deployed entry is whether the latent one is at least 0, the deployed wire the first of the largest. */
export interface TrainedLogic extends LogicLayer {
  /** [tables, 2^tableInputs]. */
  readonly entries: Float32Array;
  /** Logits of the wires and the input that each is of, [tables, tableInputs, candidates]. */
  readonly wires: Float32Array;
  readonly sources: Uint32Array;
}

/** Layers without parameters. */
export type UntrainedLayer =
  GroupSumLayer | PoolLayer | ActivationLayer | NormalizeLayer | ThermometerLayer | PlainLayer;

export type TrainedLayer =
  TrainedDense | TrainedConvolution | TrainedBatchNorm | TrainedAdd | TrainedLogic | UntrainedLayer;

/** What training hands to freezing: no framework in it, every number a float32 as trained. */
export interface TrainedNetwork {
  readonly name: string;
  /** The network sees x / divisor, x an unsigned integer below 2^bits; the division follows the first weighted sum. */
  readonly input: { readonly count: number; readonly bits: number; readonly divisor: number };
  readonly layers: readonly TrainedLayer[];
  /** What the frozen model says of its examples and classes. If absent, nothing. */
  readonly trainedOn?: TrainedOn;
}

/** A network of dense layers only: what can become a circuit. */
export interface TrainedDenseNetwork extends TrainedNetwork {
  readonly layers: readonly TrainedDense[];
}

export function isDenseNetwork(network: TrainedNetwork): network is TrainedDenseNetwork {
  return network.layers.every(({ kind }) => kind === 'dense');
}
