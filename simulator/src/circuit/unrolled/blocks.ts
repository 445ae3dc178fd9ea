import type { NetlistBuilder } from '../../netlist/builder.js';
import { CONSTANT_0, CONSTANT_1 } from '../../netlist/netlist.js';
import { bitsFor } from '../../network/counting-layer.js';
import { DEFAULT_TREE, compress, type TreeShape } from './counters.js';

/** A number as nets, least significant bit first. */
export type Word = readonly number[];

/** A result, and the clock cycles until it is available. */
export interface Pipelined {
  readonly word: Word;
  readonly cycles: number;
}

/**
 * Builds a counter of ones: a carry-save tree of full adders (Wallace, 1964) or larger counters, with a row of
 * registers every few levels, then one carry-propagate addition. N ones take about N full adders. The result is
 * registered.
 */
export const popcount = (builder: NetlistBuilder, bits: Word, tree?: TreeShape): Pipelined =>
  sumColumns(builder, [bits], bitsFor(bits.length), tree);

/** Builds the sum of columns of bits, column k in units of 2^k, modulo 2^width, in the same way as `popcount`. */
export function sumColumns(
  builder: NetlistBuilder,
  bits: readonly Word[],
  width = Infinity,
  { counter, levelsPerStage } = DEFAULT_TREE,
): Pipelined {
  let columns: readonly (readonly number[])[] = bits.slice(0, width);
  let cycles = 0;
  for (let level = 1; columns.some((column) => column.length > 2); level++) {
    columns = compress(builder, columns, counter).slice(0, width);
    if (level % levelsPerStage === 0) {
      columns = columns.map((column) => builder.registerAll(column));
      cycles++;
    }
  }
  return { word: builder.registerAll(propagate(builder, columns).slice(0, width)), cycles: cycles + 1 };
}

/** Adds up to three bits of one weight. Zero or one bit costs no cell. */
function addBits(builder: NetlistBuilder, bits: Word): { sum: number; carry: number } {
  switch (bits.length) {
    case 0:
      return { sum: CONSTANT_0, carry: CONSTANT_0 };
    case 1:
      return { sum: bits[0], carry: CONSTANT_0 };
    case 2:
      return builder.halfAdder(bits[0], bits[1]);
    default:
      return builder.fullAdder(bits[0], bits[1], bits[2]);
  }
}

/** Adds columns of at most two bits with a ripple carry. */
function propagate(builder: NetlistBuilder, columns: readonly Word[]): number[] {
  let carry = CONSTANT_0;
  const sums = columns.map((column) => {
    const result = addBits(builder, withoutZeros([...column, carry]));
    carry = result.carry;
    return result.sum;
  });
  return carry === CONSTANT_0 ? sums : [...sums, carry];
}

/** Adds two words: x + y modulo 2^width. Constant zeros cost no cells. */
export function add(builder: NetlistBuilder, x: Word, y: Word, width: number): Word {
  let carry = CONSTANT_0;
  return Array.from({ length: width }, (_, bit) => {
    const result = addBits(builder, withoutZeros([bitOf(x, bit), bitOf(y, bit), carry]));
    carry = result.carry;
    return result.sum;
  });
}

const withoutZeros = (bits: Word): number[] => bits.filter((net) => net !== CONSTANT_0);

/** Gives a bit of a word; 0 beyond its end. */
const bitOf = (word: Word, bit: number): number => word.at(bit) ?? CONSTANT_0;

/**
 * Compares two words: x >= y, from the least significant bit up. Signed words are two's complement of the same width.
 */
export function greaterOrEqual(builder: NetlistBuilder, x: Word, y: Word, signed = false): number {
  const width = Math.max(x.length, y.length);
  let result = CONSTANT_1;
  for (let bit = 0; bit < width; bit++) {
    const a = bitOf(x, bit);
    const b = bitOf(y, bit);
    // In two's complement, a set top bit makes a number smaller.
    const swapped = signed && bit === width - 1;
    result = swapped ? builder.compare(b, a, result) : builder.compare(a, b, result);
  }
  return result;
}

/** A candidate of the search for the largest output. */
interface Candidate {
  readonly value: Word;
  readonly index: Word;
}

/**
 * Finds the position of the largest signed word, the lowest one on a tie: a tournament with registers between the
 * rounds.
 */
export function argmax(builder: NetlistBuilder, words: readonly Word[], group: (match: string) => void): Pipelined {
  const indexBits = Math.max(1, Math.ceil(Math.log2(words.length)));
  let round: Candidate[] = words.map((value, position) => ({
    value,
    index: Array.from({ length: indexBits }, (_, bit) => ((position >>> bit) & 1 ? CONSTANT_1 : CONSTANT_0)),
  }));
  let cycles = 0;
  for (; round.length > 1; cycles++) {
    const winners: Candidate[] = [];
    for (let at = 0; at < round.length; at += 2) {
      const [left, right] = [round[at], round.at(at + 1)];
      if (!right) {
        winners.push(registered(builder, left));
        continue;
      }
      group(`round${cycles}.match${at / 2}`);
      const leftWins = greaterOrEqual(builder, left.value, right.value, true);
      const choose = (a: Word, b: Word): Word => a.map((net, bit) => builder.mux(leftWins, net, b[bit]));
      winners.push(
        registered(builder, { value: choose(left.value, right.value), index: choose(left.index, right.index) }),
      );
    }
    round = winners;
  }
  return { word: round[0].index, cycles };
}

function registered(builder: NetlistBuilder, candidate: Candidate): Candidate {
  return { value: builder.registerAll(candidate.value), index: builder.registerAll(candidate.index) };
}

/** Delays a net by `cycles` clock cycles. */
export function delay(builder: NetlistBuilder, net: number, cycles: number): number {
  return cycles === 0 ? net : delay(builder, builder.register(net), cycles - 1);
}

/**
 * Builds a table over its pins, registered: the bits of its mask in configuration cells, and a tree of selectors. The
 * lowest pin selects among neighbours, the highest one between the halves of the mask.
 */
export function buildTable(builder: NetlistBuilder, path: string, pins: readonly number[]): number {
  builder.enterGroup(`${path}.mask`, 'configuration');
  let entries = Array.from({ length: 2 ** pins.length }, () => builder.configuration());
  builder.enterGroup(path, 'selector');
  for (const pin of pins) {
    entries = Array.from({ length: entries.length / 2 }, (_, at) =>
      builder.mux(pin, entries[2 * at + 1], entries[2 * at]),
    );
  }
  return builder.register(entries[0]);
}
