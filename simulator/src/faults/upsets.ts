import { createBitMatrix, type BitMatrix } from '../bits/bit-matrix.js';
import { DataError } from '../errors.js';
import { CompiledEngine } from '../engines/compiled.js';
import { runInferences } from '../engines/run.js';
import type { Circuit } from '../fabric/elaborate.js';
import { Random } from '../random.js';

/** Single-event upsets: configuration bits that flip, as radiation flips those of an FPGA. */
export interface UpsetPlan {
  /** How many bits flip, one group of trials for each number. */
  readonly flips: readonly number[];
  /** Trials of each number, every one with other bits. */
  readonly trials: number;
  /** Same seed, same bits. */
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops with a CancelledError. */
  readonly signal?: AbortSignal;
}

export interface UpsetTrial {
  readonly flips: number;
  readonly trial: number;
  /** Fraction of the inputs whose class is the label. */
  readonly accuracy: number;
}

/**
 * How accuracy falls with the number of configuration bits that flip. Weights, thresholds and offsets are equally likely
 * to be hit, bit by bit; no bit is hit twice in a trial.
 * @throws DataError `data.bad-value` for a number of flips that is negative, or more than there are bits
 */
export async function tryUpsets(
  circuit: Circuit,
  inputs: readonly Uint8Array[],
  labels: ArrayLike<number>,
  { flips, trials, seed, onProgress, signal }: UpsetPlan,
): Promise<readonly UpsetTrial[]> {
  const bits = circuit.configuration.columns;
  const wrong = flips.find((count) => !Number.isInteger(count) || count < 0 || count > bits);
  if (wrong !== undefined) {
    throw new DataError('bad-value', `${wrong} bits cannot flip: the circuit has ${bits} configuration bits.`, {
      bits,
    });
  }
  const engine = new CompiledEngine(circuit.netlist);
  const total = flips.length * trials;
  const done: UpsetTrial[] = [];
  for (const count of flips) {
    for (let trial = 0; trial < trials; trial++) {
      const random = Random.fromSeed(seed, `${count} flips, trial ${trial}`);
      const configuration = withFlips(circuit.configuration, count, random);
      const options = signal === undefined ? {} : { signal };
      const { classes } = await runInferences({ ...circuit, configuration }, engine, inputs, options);
      const correct = classes.reduce((sum, found, index) => sum + (found === labels[index] ? 1 : 0), 0);
      done.push({ flips: count, trial, accuracy: correct / inputs.length });
      onProgress?.(done.length, total);
    }
  }
  return done;
}

/** The configuration with so many different bits flipped (R. Floyd's sampling, Communications of the ACM 30, 1987). */
export function withFlips(configuration: BitMatrix, count: number, random: Random): BitMatrix {
  const flipped = createBitMatrix(1, configuration.columns);
  flipped.words.set(configuration.words);
  const chosen = new Set<number>();
  for (let limit = configuration.columns - count; limit < configuration.columns; limit++) {
    const drawn = Math.floor(random.uniform(0, limit + 1));
    chosen.add(chosen.has(drawn) ? limit : drawn);
  }
  for (const bit of chosen) flipped.words[bit >>> 5] ^= 1 << (bit & 31);
  return flipped;
}
