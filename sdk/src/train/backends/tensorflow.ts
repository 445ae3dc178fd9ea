import type * as tensorflow from '@tensorflow/tfjs-core';

/** The tensor library as a type only: nothing here loads it. */
export type Tensorflow = typeof tensorflow;
