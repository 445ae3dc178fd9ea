import type * as tensorflow from '@tensorflow/tfjs';

/** All of TensorFlow.js, with its layers, as a type only: the program's own copy is used. */
export type Tensorflow = typeof tensorflow;
