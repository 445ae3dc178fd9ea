import type { NetlistBuilder } from '../../netlist/builder.js';

/**
 * The structure of a tree that counts ones. Counters of three bits (full adders) take the fewest cells. Those of six
 * bits are three functions of six inputs, which fit look-up tables of six. Those of seven bits use all values of their
 * three results.
 */
export interface TreeShape {
  /** The bits of one weight that a counter takes. Its result has two bits, or three. */
  readonly counter: 3 | 6 | 7;
  /** The levels of counters between two rows of registers, at least 1. */
  readonly levelsPerStage: number;
}

/** Full adders, with a row of registers every four levels. */
export const DEFAULT_TREE: TreeShape = { counter: 3, levelsPerStage: 4 };

/** Builds one level of the tree: bits of a column become a sum in that column and carries in the next ones. */
export function compress(
  builder: NetlistBuilder,
  columns: readonly (readonly number[])[],
  counter: TreeShape['counter'],
): number[][] {
  const next: number[][] = Array.from({ length: columns.length + 2 }, () => []);
  columns.forEach((column, weight) => {
    let at = 0;
    const count = (size: 3 | 6 | 7): void => {
      for (; at + size <= column.length; at += size)
        countBits(builder, column.slice(at, at + size)).forEach((net, bit) => next[weight + bit].push(net));
    };
    count(counter);
    count(3);
    next[weight].push(...column.slice(at));
  });
  while (next.length > columns.length && next[next.length - 1].length === 0) next.pop();
  return next;
}

/** Counts the ones among three, six or seven bits, in binary. */
function countBits(builder: NetlistBuilder, bits: readonly number[]): number[] {
  const low = builder.fullAdder(bits[0], bits[1], bits[2]);
  if (bits.length === 3) return [low.sum, low.carry];
  const high = builder.fullAdder(bits[3], bits[4], bits[5]);
  const ones = bits.length === 7 ? builder.fullAdder(low.sum, high.sum, bits[6]) : builder.halfAdder(low.sum, high.sum);
  const twos = builder.fullAdder(low.carry, high.carry, ones.carry);
  return [ones.sum, twos.sum, twos.carry];
}
