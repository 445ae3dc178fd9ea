import type { BitMatrix } from '../bits/bit-matrix.js';
import type { Netlist } from '../netlist/netlist.js';
import type { Network } from '../network/network.js';
import type { Preparation } from '../network/preparation.js';

/** When a circuit takes inputs and gives outputs, in clock cycles. */
export interface CircuitTiming {
  /** Bit planes of an input; `start` is 1 with the first that enters. */
  readonly planes: number;
  /**
   * Folded circuits: so many values of an input enter in a cycle, with all their bits, first values first. Absent: all
   * values enter plane by plane, one a cycle, most significant first.
   */
  readonly valuesPerCycle?: number;
  /** Cycles from one inference's start to the next one's. */
  readonly initiationInterval: number;
  /** Cycles from start until outputs and `valid` stand at the ports. */
  readonly latency: number;
}

/** What enters a circuit and what leaves it. */
export interface CircuitPorts {
  readonly inputCount: number;
  readonly inputBits: number;
  readonly outputCount: number;
  /** What happens to an example before its values enter. If absent, nothing does. */
  readonly preparation?: Preparation;
}

/** What an engine runs: a netlist, the bits of its configuration cells in their order, its timing. */
export interface Machine {
  readonly netlist: Netlist;
  readonly configuration: BitMatrix;
  readonly timing: CircuitTiming;
  readonly shape: CircuitPorts;
}

/** A circuit, in whatever form, with the network that it computes. */
export interface Circuit extends Machine {
  readonly network: Network;
}

/** Cycles in which an input enters. */
export const entryCycles = ({ timing, shape }: Pick<Machine, 'timing' | 'shape'>): number =>
  timing.valuesPerCycle === undefined ? timing.planes : shape.inputCount / timing.valuesPerCycle;

/** Which bit of which value enters through bit `at` of port x, so many cycles after `start`. */
export function enteringBit(
  { planes, valuesPerCycle }: CircuitTiming,
  cycle: number,
  at: number,
): { value: number; bit: number } {
  if (valuesPerCycle === undefined) return { value: at, bit: planes - 1 - cycle };
  return { value: cycle * valuesPerCycle + Math.floor(at / planes), bit: at % planes };
}
