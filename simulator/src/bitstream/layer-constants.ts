import type { Activation, Layer } from '../network/network.js';

/** The constants of a layer as its frame holds them. */
export interface LayerConstants {
  readonly words: Int32Array;
  /** Whether one bit per channel follows them. */
  readonly hasFlags: boolean;
}

/**
 * Lists the constants of a layer: integers per channel, kind by kind, then a bit per channel (inverted thresholds,
 * minima of a pool).
 */
export function layerConstants(layer: Layer): LayerConstants {
  const integers = 'activation' in layer ? integersOf(layer.activation) : [];
  const flags = flagsOf(layer);
  const words = [...integers.flatMap((channels) => [...channels]), ...packFlags(flags ?? new Uint8Array())];
  return { words: Int32Array.from(words), hasFlags: flags !== undefined };
}

function integersOf(activation: Activation): readonly Int32Array[] {
  switch (activation.kind) {
    case 'threshold':
      return [activation.thresholds];
    case 'requantize':
      return [activation.multipliers, activation.offsets];
    case 'integer':
      return [activation.offsets];
  }
}

function flagsOf(layer: Layer): Uint8Array | undefined {
  if (layer.kind === 'pool') return layer.takesMinimum;
  return 'activation' in layer && layer.activation.kind === 'threshold' ? layer.activation.inverted : undefined;
}

/** Packs flags: flag i is bit i % 32 of word i / 32, and tail bits are 0. */
function packFlags(flags: Uint8Array): Uint32Array {
  const words = new Uint32Array(Math.ceil(flags.length / 32));
  flags.forEach((flag, index) => (words[index >>> 5] |= flag << (index & 31)));
  return words;
}

export const unpackFlags = (words: Uint32Array, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => (words[index >>> 5] >>> (index & 31)) & 1);
