/**
 * What this door asks of TensorFlow.js, as types of its own: the declarations of TensorFlow.js do not compile in a
 * project that checks libraries, so none of ours names them. What a program has from TensorFlow.js is assignable.
 */

/** The tensor library that the program trains with: `import * as tf from '@tensorflow/tfjs'`, or the browser's `tf`. */
export interface TensorLibrary {
  readonly layers: LayerFactories;
  readonly serialization: object;
  readonly version_core: string;
}

/** The factories whose results ours are of the same type as. */
interface LayerFactories {
  dense(args: never): object;
  conv1d(args: never): object;
  conv2d(args: never): object;
  activation(args: never): object;
}

/** A `tf.Sequential`, or a `tf.LayersModel` with one input and one output. */
export interface TrainableModel {
  readonly name: string;
  readonly layers: readonly { readonly name: string }[];
  fit(...args: never): Promise<object>;
  predict(...args: never): object;
}

/** A `tf.Tensor` of examples: the first axis counts them. */
export interface ExampleTensor {
  readonly shape: readonly number[];
  readonly size: number;
  data(): Promise<ArrayLike<number>>;
}

/** How the examples that a model is fed stand for unsigned integers: it sees x / divisor. */
export interface ModelInput {
  /** 1 to 8. */
  readonly bits: number;
  readonly divisor: number;
}
