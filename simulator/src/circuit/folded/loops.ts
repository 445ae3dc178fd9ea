import { add, greaterOrEqual, type Word } from '../unrolled/blocks.js';
import type { NetlistBuilder } from '../../netlist/builder.js';
import { CONSTANT_0, CONSTANT_1 } from '../../netlist/netlist.js';
import { counter } from './sequence.js';
import { choose, constantWord } from './words.js';

/** One loop of a nest: its number of turns, and the step that a turn adds to each position of the nest. */
export interface Loop {
  readonly extent: number;
  readonly steps: Readonly<Record<string, number>>;
}

/** A nest of loops that runs once after `start`, with one turn of the innermost loop a cycle. */
export interface RunningLoops {
  /** 1 in every cycle of the run. The first is the cycle after `start`. */
  readonly running: number;
  /**
   * By loop: 1 in the last cycle of all loops inside it. The last entry is 1 in the last turn of the innermost loop.
   */
  readonly ends: readonly number[];
  /** The counter of each loop. */
  readonly counters: readonly Word[];
  /** 1 in the last cycle of the run. */
  readonly end: number;
}

/**
 * Builds a nest of loops.
 * @param loops from the outermost to the innermost
 */
export function runLoops(
  builder: NetlistBuilder,
  loops: readonly Loop[],
  start: number,
): RunningLoops & { readonly position: (name: string, origin: number, bits: number) => Word } {
  const running = builder.openRegister();
  const ends: number[] = [];
  const counters: Word[] = [];
  /** By loop: 1 in the last cycle of each turn but the last. */
  const advances: number[] = [];
  let inner = running.q;
  for (const { extent } of [...loops].reverse()) {
    ends.unshift(inner);
    const { value, isLast } = counter(builder, extent, inner);
    counters.unshift(value);
    advances.unshift(extent === 1 ? CONSTANT_0 : builder.and(inner, builder.not(isLast)));
    if (extent > 1) inner = builder.and(inner, isLast);
  }
  const end = inner;
  running.connect(builder.or(start, builder.and(running.q, builder.not(end))));

  /** Builds a position: the sum of the steps of all loops, modulo 2^bits, starting at `origin`. */
  const position = (name: string, origin: number, bits: number): Word => {
    const registers = Array.from({ length: bits }, () => builder.openRegister());
    const value = registers.map(({ q }) => q);
    // A turn of one loop subtracts what the loops inside it have added.
    let back = 0;
    const deltas = [...loops]
      .reverse()
      .map(({ extent, steps }) => {
        const step = steps[name] ?? 0;
        const delta = step - back;
        back += (extent - 1) * step;
        return constantWord(delta, bits);
      })
      .reverse();
    const delta = Array.from({ length: bits }, (_, bit) =>
      advances
        .filter((advance, loop) => advance !== CONSTANT_0 && deltas[loop][bit] === CONSTANT_1)
        .reduce((any, advance) => (any === CONSTANT_0 ? advance : builder.or(any, advance)), CONSTANT_0),
    );
    const moved = add(builder, value, delta, bits);
    choose(builder, start, constantWord(origin, bits), moved).forEach((net, bit) => registers[bit].connect(net));
    return value;
  };
  return { running: running.q, ends, counters, end, position };
}

/**
 * Tells whether a coordinate in two's complement is in 0..extent-1. Read as unsigned numbers, negative ones are too
 * large.
 */
export const isInside = (builder: NetlistBuilder, coordinate: Word, extent: number): number =>
  extent >= 2 ** coordinate.length
    ? CONSTANT_1
    : greaterOrEqual(builder, constantWord(extent - 1, coordinate.length), coordinate);
