/**
 * Activation functions of the method; `none` is the last layer's (its softmax changes no order). `relu` is never
 * binary: it is what a hidden layer has when the mode leaves activations real.
 */
export type ActivationName = 'tanh' | 'RL' | 'H' | 'HT' | 'CLU' | 'relu' | 'none';

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

/** What training hands to freezing: no framework in it, every number a float32 as trained. */
export interface TrainedNetwork {
  readonly name: string;
  /** The network sees x / divisor, x an unsigned integer below 2^bits. */
  readonly input: { readonly count: number; readonly bits: number; readonly divisor: number };
  readonly layers: readonly TrainedDense[];
}
