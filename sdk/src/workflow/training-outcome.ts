import type { BinarizedModel } from '../model/model.js';
import type { TrainingRecord } from '../reproduce/training-record.js';
import type { FreezeReport } from '../train/freezing/freeze.js';

/** Every file that a training wrote, by its role. */
export interface TrainingFiles {
  /** The state after the last epoch, with the best network. */
  readonly checkpoint: string;
  /** Seconds trained so far, for a training that is resumed. */
  readonly elapsed: string;
  /** The outcome of the training: see `TrainingRecord`. */
  readonly record: string;
  /** The page about it. */
  readonly report: string;
  /** The exact integers, if the network has such a form. */
  readonly model?: string;
  /** The state of polishing, if the recipe has it and it applies. */
  readonly polish?: string;
}

export interface TrainingOutcome {
  readonly record: TrainingRecord;
  readonly files: TrainingFiles;
  /** What ships, polished if the recipe says so; absent if the network has no exact integer form. */
  readonly frozen?: ShippedNetwork;
  /** The classes that the network gives the test examples with signs and steps. */
  readonly hardPredictions: Uint8Array;
  /** Training examples a second, the mean of the epochs of this call; 0 if it trained none. */
  readonly samplesPerSecond: number;
}

export interface ShippedNetwork {
  readonly model: BinarizedModel;
  /** The report of freezing, before polishing. */
  readonly report: FreezeReport;
  readonly testAccuracy: number;
  /** The predicted classes of the test examples, by the integers. */
  readonly predictions: Uint8Array;
}
