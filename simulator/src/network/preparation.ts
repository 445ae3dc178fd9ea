import { ModelError } from '../errors.js';
import { decodeMuLaw } from './mu-law.js';

/**
 * How the first layer's unsigned integers follow from a recorded example: samples, less their mean, in steps of a
 * fraction of their standard deviation, rounded around the middle of the range. It is part of the network, and all
 * implementations compute it in the same integers (docs/encoding.md derives them).
 */
export interface Preparation {
  readonly kind: 'standardize';
  /** The meaning of a byte: the sample itself, or the sample in G.711 mu-law. */
  readonly samples: SampleEncoding;
  /** The integers that one standard deviation spans, in units of 1 / STEPS_UNIT: 1 to MAX_STEPS. */
  readonly steps: number;
}

export type SampleEncoding = 'linear' | 'muLaw';

/** The unit of `steps`: 4,096 is one integer a standard deviation. */
export const STEPS_UNIT = 4096;
/** 128 integers a standard deviation, more than 8 bits can use. */
export const MAX_STEPS = 128 * STEPS_UNIT;
/** The most values of an example. With more, intermediate results would not fit 64 bits. */
export const MAX_PREPARED_VALUES = 2 ** 17;
/** The bits of a prepared value. */
export const PREPARED_BITS = 8;

const MIDDLE = 2 ** (PREPARED_BITS - 1);
/** The fraction bits of the factor that replaces the division by the deviation. */
const FACTOR_BITS = 35n;
const SHIFT = FACTOR_BITS + BigInt(Math.log2(STEPS_UNIT));

/**
 * Checks a preparation against the input.
 * @throws ModelError `model.bad-value` if 64 bits do not hold its results, or if it gives other bits than the input has
 */
export function checkPreparation(preparation: Preparation, count: number, bits: number): void {
  const refuse = (what: string): never => {
    throw new ModelError('bad-value', `The preparation of the input ${what}. Train or freeze it again.`);
  };
  const { steps } = preparation;
  if (bits !== PREPARED_BITS) refuse(`gives ${PREPARED_BITS} bits, not ${bits}`);
  if (count > MAX_PREPARED_VALUES) refuse(`takes at most ${MAX_PREPARED_VALUES} values, not ${count}`);
  if (!Number.isInteger(steps) || steps < 1 || steps > MAX_STEPS) refuse(`has ${steps} steps, not 1 to ${MAX_STEPS}`);
}

/**
 * Computes the values that the first layer takes from a recorded example. Without a preparation they are the example
 * itself. With n samples x, their sum S, the sum of their squares Q, and V = n Q - S^2, which is n^2 times their variance:
 *
 *     e      = the largest number with V * 4^e < 2^64
 *     root   = floor(sqrt(V * 4^e))                 n * 2^e times the standard deviation
 *     factor = floor(steps * 2^35 / root)
 *     value  = floor(((n x - S) * factor + 2^(46 - e)) / 2^(47 - e)) + 128, held within 0 and 255
 *
 * If all samples are equal, every value is 128.
 */
export function prepared(preparation: Preparation | undefined, example: Uint8Array): Uint8Array {
  if (preparation === undefined) return example;
  const sampleOf = preparation.samples === 'muLaw' ? decodeMuLaw : Number;
  const samples = Array.from({ length: 256 }, (_, byte) => sampleOf(byte));
  let sum = 0;
  let squares = 0;
  for (const byte of example) {
    const sample = samples[byte];
    sum += sample;
    squares += sample * sample;
  }
  const count = BigInt(example.length);
  const total = BigInt(sum);
  const variance = count * BigInt(squares) - total * total;
  if (variance === 0n) return new Uint8Array(example.length).fill(MIDDLE);
  const exponent = BigInt(Math.floor((64 - variance.toString(2).length) / 2));
  const factor = (BigInt(preparation.steps) << FACTOR_BITS) / squareRoot(variance << (2n * exponent));
  const shift = SHIFT - exponent;
  const half = 1n << (shift - 1n);
  const values = new Map<number, number>();
  const valueOf = (byte: number): number => {
    const value = Number(((count * BigInt(samples[byte]) - total) * factor + half) >> shift) + MIDDLE;
    return Math.min(Math.max(value, 0), 2 * MIDDLE - 1);
  };
  return example.map((byte) => {
    const known = values.get(byte);
    if (known !== undefined) return known;
    const value = valueOf(byte);
    values.set(byte, value);
    return value;
  });
}

/** Gives the largest integer whose square is at most `square`, which is below 2^64. */
function squareRoot(square: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(square))));
  while (root * root > square) root--;
  while ((root + 1n) * (root + 1n) <= square) root++;
  return root;
}
