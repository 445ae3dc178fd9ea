import type { BitMatrix } from '../bits/bit-matrix.js';

/**
 * A dense binary layer as the unrolled circuit computes it: in counts of ones. Per output neuron
 *
 *     accumulator = sum over planes b of 2^b * popcount(xnor(weights, plane b))
 *
 * is either compared with a threshold (one bit, the next layer's input) or scaled to a signed integer
 * (accumulator << shift) + offset.
 */
export interface CountingLayer extends CountingShape {
  /** The weight bits: outputs x inputs. */
  readonly weights: BitMatrix;
  /**
   * The thresholds of a threshold layer, 0..neverThreshold: a neuron fires if accumulator >= threshold. Empty for
   * integer layers.
   */
  readonly thresholds: Uint32Array;
  /** The offsets of an integer layer, added to the shifted accumulator. Empty for threshold layers. */
  readonly offsets: Int32Array;
}

/** A counting layer without its weights and constants. */
export interface CountingShape {
  readonly activation: 'threshold' | 'integer';
  readonly inputs: number;
  readonly outputs: number;
  /** The bit planes of an input value, 1..8; more than 1 only in the first layer. */
  readonly inputBits: number;
  /** The left shift of the accumulator, 0..16; 0 for threshold layers. */
  readonly shift: number;
}

/** The bound of every accumulator, so that a threshold above it fits 31 bits. */
export const MAX_ACCUMULATOR = 2 ** 31 - 2;

/** Gives the largest value that an accumulator of this layer can reach. */
export const accumulatorMaximum = (layer: CountingShape): number => layer.inputs * (2 ** layer.inputBits - 1);

/** Gives the bits that hold every value 0..maximum. */
export const bitsFor = (maximum: number): number => Math.max(1, 32 - Math.clz32(maximum));

/** Gives the threshold that never fires: one above the largest accumulator. */
export const neverThreshold = (layer: CountingShape): number => accumulatorMaximum(layer) + 1;

/** Gives the bits of a threshold: enough for `neverThreshold`. */
export const thresholdBits = (layer: CountingShape): number => bitsFor(neverThreshold(layer));

/** Gives the width of the integer outputs in bits: two's complement, enough for every accumulator and offset. */
export function integerBits(layer: CountingShape & Pick<CountingLayer, 'offsets'>): number {
  let low = 0;
  let high = 0;
  for (const offset of layer.offsets) {
    low = Math.min(low, offset);
    high = Math.max(high, accumulatorMaximum(layer) * 2 ** layer.shift + offset);
  }
  let bits = 2;
  while (low < -(2 ** (bits - 1)) || high > 2 ** (bits - 1) - 1) bits++;
  return bits;
}

/** Gives the bits of a neuron's constant in the circuit. */
export const constantBits = (layer: CountingLayer): number =>
  layer.activation === 'threshold' ? thresholdBits(layer) : integerBits(layer);
