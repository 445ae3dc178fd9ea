import type { TensorBackend } from '../backends/tensor-backend.js';
import type { Batch } from '../datasets/batches.js';
import type { Layer } from '../network/layers.js';
import type { Setting } from '../schedules/schedules.js';
import type { AdamSettings } from './adam.js';
import type { GradientPool } from './gradient-pool.js';
import type { Teacher } from './step.js';
import type { TrainingState } from './training-state.js';

/** Makes the steps of one epoch: decides where the trained numbers are meanwhile, and who updates them. */
export interface Learner {
  /** Takes one step. @returns the batch's mean softmax cross-entropy before it, in nats */
  learn(batch: Batch): Promise<number>;
  /** Brings the state up to date; until then it may be that before the epoch. */
  finish(): Promise<void>;
  /** Frees what it holds. */
  dispose(): void;
}

/** What a learner is made for. */
export interface Lesson {
  readonly backend: TensorBackend;
  readonly layers: readonly Layer[];
  readonly adam: AdamSettings;
  readonly setting: Setting;
  readonly state: TrainingState;
  /** How many shards a batch is learnt in. */
  readonly shards: number;
  /** Computes gradients where the numbers are kept on the host, and has the teacher there. */
  readonly pool: GradientPool;
  /** Teaches where the numbers are kept on a device. If absent, what is learnt is the labels. */
  readonly teacher?: Teacher | undefined;
}
