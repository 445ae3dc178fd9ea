import type { CompileReport } from '../compile/compile.js';
import type { FreezeReport } from '../train/freezing/freeze.js';

/** One witness of the circuit: how many vectors it was compared on, and how many differed in any output integer. */
export interface Witness {
  readonly name: string;
  /** What it was compared with. */
  readonly against: string;
  readonly vectors: number;
  readonly mismatches: number;
  /** True if only classes were compared, because the firmware tells nothing else. */
  readonly classesOnly?: true;
}

/**
 * Everything a script may want to know about a run from data to device: the content of `summary.json`. A training alone
 * has no circuit, simulator and device; a network without an exact integer form has none of them either, and is not
 * frozen.
 */
export interface Summary {
  readonly adiabit: string;
  readonly data: {
    readonly source: string;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
  };
  readonly recipe: string;
  readonly seed: number;
  readonly backend: string;
  readonly schedule: readonly { readonly kWeight: number; readonly kActivation: number; readonly epochs: number }[];
  /** Fractions of the test set, 0..1. `soft`: as trained at the best epoch's sharpness; `hard`: with signs and steps;
   * `frozen`: the exact integers that ship, polished if the recipe says so. */
  readonly accuracy: { readonly soft: number; readonly hard: number; readonly frozen?: number };
  readonly training: {
    readonly epochs: number;
    readonly bestEpoch: number;
    /** 0 if no epoch was trained in this run. */
    readonly samplesPerSecond: number;
  };
  readonly freeze?: FreezeReport;
  /** Why there are no integers, if there are none. */
  readonly notFrozen?: string;
  readonly circuit?: CompileReport;
  /** The name of the bitstream's file, which lies beside the page. */
  readonly bitstreamFile?: string;
  readonly simulator?: {
    readonly engine: string;
    readonly inferences: number;
    readonly inferencesPerSecond: number;
    /** Clock cycles simulated, each for `lanes` inferences at once. */
    readonly cycles: number;
    readonly lanes: number;
  };
  readonly device?: {
    readonly board: string;
    /** Whether the firmware ran in an emulator of the board instead of on one. */
    readonly isEmulated: boolean;
    readonly baudRate: number;
    readonly streamedBytes: number;
    /** Payload bytes per second of emulated time while writing. */
    readonly streamedBytesPerSecond: number;
    /** That rate divided by the line rate (baudRate / 10 bytes per second). */
    readonly lineRateShare: number;
    readonly inferences: number;
    readonly cyclesPerInference: number;
    readonly correct: number;
  };
  readonly seconds: Readonly<Partial<Record<Stage, number>>> & { readonly total: number };
  readonly witnesses: readonly Witness[];
}

/** What a run does, in this order. */
export const STAGES = ['load', 'train', 'freeze', 'compile', 'simulate', 'device', 'report'] as const;
export type Stage = (typeof STAGES)[number];

/** Returns the accuracy of what runs: of the integers if there are any, else of the network with signs and steps. */
export const accuracyOf = ({ accuracy }: Pick<Summary, 'accuracy'>): number => accuracy.frozen ?? accuracy.hard;
