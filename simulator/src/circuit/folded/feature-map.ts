import type { Word } from '../unrolled/blocks.js';
import type { NetlistBuilder } from '../../netlist/builder.js';
import { addressBits } from '../../netlist/memory.js';
import { counter } from './sequence.js';
import { choose } from './words.js';

/** The values that a layer gives: several a cycle, in the order of the picture, whenever `valid` is 1. */
export interface Stream {
  readonly values: readonly Word[];
  readonly valid: number;
}

/**
 * The memory between a layer and one layer that reads it. A word holds the values of whole steps of both sides: the
 * writer fills it in several steps, the reader takes it in several parts.
 */
export interface FeatureMap {
  /** The values in a word. */
  readonly wordValues: number;
  /** The number of words. */
  readonly depth: number;
  /** Reads the values of a word, one cycle after its address. */
  read(address: Word): readonly Word[];
}

export function featureMap(
  builder: NetlistBuilder,
  name: string,
  { values, valid }: Stream,
  { count, wordValues }: { readonly count: number; readonly wordValues: number },
): FeatureMap {
  const valueBits = values[0].length;
  const steps = wordValues / values.length;
  const depth = count / wordValues;
  const step = counter(builder, steps, valid);
  const enable = steps === 1 ? valid : builder.and(valid, step.isLast);
  const word: number[][] = [values.flat()];
  for (let earlier = 1; earlier < steps; earlier++) {
    const registers = word[0].map(() => builder.openRegister());
    const held = registers.map(({ q }) => q);
    choose(builder, valid, word[0], held).forEach((net, bit) => registers[bit].connect(net));
    word.unshift(held);
  }
  const bits = word.flat();
  const apart = (nets: Word): Word[] =>
    Array.from({ length: wordValues }, (_, value) => nets.slice(value * valueBits, (value + 1) * valueBits));
  if (depth === 1) {
    const registers = bits.map(() => builder.openRegister());
    const held = registers.map(({ q }) => q);
    choose(builder, enable, bits, held).forEach((net, bit) => registers[bit].connect(net));
    return { wordValues, depth, read: () => apart(held) };
  }
  const memory = builder.memory(name, { depth, width: bits.length });
  memory.connectWrite({ enable, address: counter(builder, depth, enable).value, data: bits });
  return {
    wordValues,
    depth,
    read: (address) => {
      memory.connectRead(address.slice(0, addressBits(depth)));
      return apart(memory.data);
    },
  };
}
