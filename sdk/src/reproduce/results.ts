import type { BinarizationMode } from '../train/network/network.js';
import type { TrainingRecord } from './training-record.js';

/** One training of a comparison. */
export interface ModeTraining {
  readonly mode: BinarizationMode;
  readonly record: TrainingRecord;
}

/** What a training reached, next to the same network with nothing binary. */
export interface ResultRow {
  readonly recipe: string;
  readonly mode: BinarizationMode;
  readonly seed: number;
  /** Test accuracies, 0..1. */
  readonly soft: number;
  readonly hard: number;
  /** Accuracy of the exact integers. If the network cannot be frozen, null, and `notFrozen` says why. */
  readonly frozen: number | null;
  readonly notFrozen?: string;
  /** `hard` less that of mode real with the same seed; null when there is none. */
  readonly gapToReal: number | null;
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly seconds: number;
  readonly backend: string;
}

/** All seeds of a mode together. */
export interface ModeSummary {
  readonly recipe: string;
  readonly mode: BinarizationMode;
  readonly seeds: readonly number[];
  readonly soft: Spread;
  readonly hard: Spread;
  readonly frozen: Spread | null;
  readonly gapToReal: Spread | null;
  readonly secondsMean: number;
}

export interface Spread {
  readonly mean: number;
  /** Standard deviation of the sample, its denominator one less than the number of seeds; null for one seed. */
  readonly deviation: number | null;
}

export function resultRows(trainings: readonly ModeTraining[]): readonly ResultRow[] {
  return trainings.map(({ mode, record }) => {
    const real = trainings.find((other) => other.mode === 'real' && other.record.seed === record.seed);
    const { recipe, seed, epochs, bestEpoch, seconds, backend, notFrozen } = record;
    return {
      recipe,
      mode,
      seed,
      epochs,
      bestEpoch,
      seconds,
      backend,
      soft: record.softTestAccuracy,
      hard: record.hardTestAccuracy,
      frozen: record.frozenTestAccuracy,
      ...(notFrozen === undefined ? {} : { notFrozen }),
      gapToReal: real && mode !== 'real' ? record.hardTestAccuracy - real.record.hardTestAccuracy : null,
    };
  });
}

/** Returns one summary a mode, in the order of the rows. */
export function summarizeModes(rows: readonly ResultRow[]): readonly ModeSummary[] {
  return [...new Set(rows.map(({ mode }) => mode))].map((mode) => {
    const members = rows.filter((row) => row.mode === mode);
    return {
      recipe: members[0].recipe,
      mode,
      seeds: members.map(({ seed }) => seed),
      soft: spread(members.map(({ soft }) => soft)),
      hard: spread(members.map(({ hard }) => hard)),
      frozen: spreadOfAll(members.map(({ frozen }) => frozen)),
      gapToReal: spreadOfAll(members.map(({ gapToReal }) => gapToReal)),
      secondsMean: mean(members.map(({ seconds }) => seconds)),
    };
  });
}

/** Returns null when a seed has no value. */
function spreadOfAll(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? spread(known) : null;
}

function spread(values: readonly number[]): Spread {
  const center = mean(values);
  const squares = values.map((value) => (value - center) ** 2);
  const deviation = values.length < 2 ? null : Math.sqrt((mean(squares) * values.length) / (values.length - 1));
  return { mean: center, deviation };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
