import { CancelledError } from '@adiabit/simulator/errors';
import type { CompileReport } from '../compile/compile.js';
import type { FlashPhase } from '../device/index.js';
import type { LoaderPhase } from '../loaders/index.js';
import type { HardComparison } from '../model/comparison.js';
import type { SweepOutcome } from '../polish/checkpoint.js';
import type { Stage } from '../report/summary.js';
import type { BackendReport } from '../train/backends/backend.js';
import type { SoftTargets } from '../train/learning/soft-targets.js';
import type { BinarizationMode } from '../train/network/network.js';
import type { EpochRecord } from '../train/trainer.js';
import type { Doubt } from './doubts.js';

/** How a caller follows a workflow, and stops it. */
export interface Following {
  /** If absent, the workflow works in silence. */
  readonly observer?: Observer | undefined;
  /** When it fires, the workflow throws CancelledError; every file that it has written until then is whole. */
  readonly signal?: AbortSignal | undefined;
}

/** Watches a workflow. Callbacks must not throw; the workflow does not wait for them. */
export interface Observer {
  /** Called when a stage begins. */
  readonly onStage?: (stage: Stage) => void;
  /** Called often, with how far the step at hand is. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called when there is something that a user wants to know, with all of it as data. */
  readonly onNote?: (note: Note) => void;
}

/** How far a step is: `done` of `total`, which are counted in the units that `step` names. */
export type Progress = { readonly done: number; readonly total: number } & Step;

type Step =
  /** Files of a data set. */
  | { readonly step: 'read' }
  /** Batches of an epoch. `loss` is the mean of those done. */
  | { readonly step: 'epoch'; readonly epoch: number; readonly loss: number }
  /** Test examples that the frozen network has classified. */
  | { readonly step: 'freeze' }
  /** Candidates for a change in one sweep of polishing. */
  | { readonly step: 'sweep'; readonly kept: number; readonly loss: number; readonly secondsLeft: number }
  /** The building of a circuit, in hundredths of a guess at the whole. */
  | { readonly step: 'build' }
  /** Configuration bits shifted into the circuit. */
  | { readonly step: 'load' }
  /** Inferences of a circuit. */
  | { readonly step: 'simulate' | 'compare' | 'cover' | 'faults' }
  /** Bytes on a device, or on all together if `phase` is absent. */
  | {
      readonly step: 'flash';
      readonly phase?: FlashPhase;
      readonly bytesPerSecond?: number | undefined;
      readonly secondsLeft?: number | undefined;
    }
  /** Bytes of firmware that a loader has put on a board. */
  | { readonly step: 'firmware'; readonly phase: LoaderPhase; readonly bytesPerSecond?: number | undefined }
  /** Samples of a sensor. */
  | { readonly step: 'record' }
  /** Inferences of a device. */
  | { readonly step: 'classify' };

/** What a workflow has to tell while it works. Faces put it into words. */
export type Note =
  /** The recipe was fitted to the data: the last layer has this number of outputs. */
  | { readonly kind: 'classes-fitted'; readonly classes: number }
  /** The recipe was fitted to the data: inputs go in less their means over the training examples. */
  | { readonly kind: 'inputs-centred'; readonly examples: number; readonly divisor: number }
  /** The recipe was fitted to the data: its thermometer learnt thresholds from the training examples. */
  | {
      readonly kind: 'thresholds-learnt';
      readonly examples: number;
      readonly levels: number;
      readonly channels: number;
    }
  /** Training is about to begin. */
  | {
      readonly kind: 'training';
      readonly backend: BackendReport;
      readonly threads: number;
      /** Parts of a batch, if the recipe has them. */
      readonly shards?: number | undefined;
      readonly softTargets?: SoftTargets | undefined;
      /** Epochs of the checkpoint that it goes on from; 0 for a new training. */
      readonly epochsDone: number;
    }
  | { readonly kind: 'epoch'; readonly epoch: EpochRecord }
  | {
      readonly kind: 'trained';
      readonly softTestAccuracy: number;
      readonly hardTestAccuracy: number;
      readonly bestEpoch: number;
      readonly seconds: number;
    }
  | { readonly kind: 'frozen'; readonly testAccuracy: number; readonly comparison: HardComparison }
  /** The network has no exact integer form, and so no circuit. */
  | { readonly kind: 'not-frozen'; readonly reason: string }
  | { readonly kind: 'polishing'; readonly model: string; readonly images: number }
  | { readonly kind: 'sweep'; readonly sweep: SweepOutcome }
  | { readonly kind: 'polished'; readonly testAccuracy: number; readonly bestSweep: number; readonly seconds: number }
  /** The recipe asks for polishing, but it does not apply to what was frozen. */
  | { readonly kind: 'not-polished'; readonly reason: string }
  /** The next of several trainings begins. */
  | {
      readonly kind: 'next-training';
      readonly family: string;
      /** Counted from 1. */
      readonly number: number;
      readonly of: number;
      readonly mode: BinarizationMode;
      readonly seed: number;
    }
  /** A training was found finished, and is not done again. */
  | { readonly kind: 'finished-before'; readonly folder: string }
  /** Clock cycles could not be measured on this machine. */
  | { readonly kind: 'not-measured'; readonly board: string; readonly reason: string }
  /** All trainings of a family are done, and their results written. */
  | { readonly kind: 'table-written'; readonly file: string }
  /** The circuit is built. */
  | { readonly kind: 'compiled'; readonly report: CompileReport }
  /** The drive of a board's boot loader is not there yet: the user shows it as `enter` says. */
  | { readonly kind: 'drive-awaited'; readonly volume: string; readonly enter: string }
  /** The board is to say hello on a port. */
  | { readonly kind: 'hello-awaited'; readonly port: string }
  /** Writing firmware ended in the middle; its boot loader, or the programmer, can still write it. */
  | { readonly kind: 'firmware-incomplete'; readonly board: string }
  /** Something that may be wrong with the data or the training. */
  | { readonly kind: 'doubt'; readonly doubt: Doubt };

/** Throws if the work is no longer wanted. @throws CancelledError if the signal has fired */
export function throwIfCancelled(signal: AbortSignal | undefined, message?: string): void {
  if (signal?.aborted === true) throw new CancelledError(message);
}

/** Passes lines on. @throws CancelledError at the next line once the signal has fired */
export function* linesWhileWanted(lines: Iterable<string>, signal: AbortSignal | undefined): Generator<string> {
  for (const line of lines) {
    throwIfCancelled(signal);
    yield line;
  }
}
