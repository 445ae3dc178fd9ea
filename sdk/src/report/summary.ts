import type { CompileReport } from '../compile/compile.js';
import type { FreezeReport } from '../train/freezing/freeze.js';

/** One witness of the circuit: how many vectors it was compared on, and how many differed in any output integer. */
export interface Witness {
  readonly name: string;
  /** What it was compared with. */
  readonly against: string;
  readonly vectors: number;
  readonly mismatches: number;
}

/** Everything a script may want to know about a run from data to device: the content of `summary.json`. */
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
   * `frozen`: the exact integers. */
  readonly accuracy: { readonly soft: number; readonly hard: number; readonly frozen: number };
  readonly training: {
    readonly epochs: number;
    readonly bestEpoch: number;
    readonly samplesPerSecond: number;
  };
  readonly freeze: FreezeReport;
  readonly circuit: CompileReport;
  readonly simulator: {
    readonly engine: string;
    readonly inferences: number;
    readonly inferencesPerSecond: number;
    /** Clock cycles simulated, each for `lanes` inferences at once. */
    readonly cycles: number;
    readonly lanes: number;
  };
  readonly device: {
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
  readonly seconds: Readonly<Record<Stage, number>> & { readonly total: number };
  readonly witnesses: readonly Witness[];
}

/** The files that a run leaves in its folder. */
export const DEMO_FILES = {
  checkpoint: 'training.checkpoint',
  model: 'digits.model.json',
  bitstream: 'digits.abit',
  report: 'report.html',
  summary: 'summary.json',
} as const;

/** What a run does, in this order. */
export const STAGES = ['load', 'train', 'freeze', 'compile', 'simulate', 'device', 'report'] as const;
export type Stage = (typeof STAGES)[number];
