import type * as tensorflow from '@tensorflow/tfjs';

/** The tensor library as a type only: nothing here loads it. */
export type Tensorflow = typeof tensorflow;
