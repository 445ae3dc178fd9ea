import type { BitMatrix } from '../bits/bit-matrix.js';
import type { Netlist } from '../netlist/netlist.js';
import type { Network } from '../network/network.js';
import type { Preparation } from '../network/preparation.js';

/** The times at which a circuit takes inputs and gives outputs, in clock cycles. */
export interface CircuitTiming {
  /** The bit planes of an input. `start` is 1 in the cycle of the first. */
  readonly planes: number;
  /**
   * The number of input values that enter a folded circuit in a cycle, with all their bits, first values first. If
   * absent, all values enter plane by plane, one plane a cycle, most significant plane first.
   */
  readonly valuesPerCycle?: number;
  /** The cycles from one inference's start to the next one's. */
  readonly initiationInterval: number;
  /** The cycles from start until outputs and `valid` are at the ports. */
  readonly latency: number;
}

/** The inputs and outputs of a circuit. */
export interface CircuitPorts {
  readonly inputCount: number;
  readonly inputBits: number;
  readonly outputCount: number;
  /** The preparation of examples before their values enter. If absent, they enter as they are. */
  readonly preparation?: Preparation;
}

/** What an engine runs: a netlist, the bits of its configuration cells in netlist order, and its timing. */
export interface Machine {
  readonly netlist: Netlist;
  readonly configuration: BitMatrix;
  readonly timing: CircuitTiming;
  readonly shape: CircuitPorts;
}

/** A circuit of any form, with the network that it computes. */
export interface Circuit extends Machine {
  readonly network: Network;
}

/** Gives the number of cycles in which an input enters. */
export const entryCycles = ({ timing, shape }: Pick<Machine, 'timing' | 'shape'>): number =>
  timing.valuesPerCycle === undefined ? timing.planes : shape.inputCount / timing.valuesPerCycle;

/** Gives the value and the bit that enter through bit `at` of port x, `cycle` cycles after `start`. */
export function enteringBit(
  { planes, valuesPerCycle }: CircuitTiming,
  cycle: number,
  at: number,
): { value: number; bit: number } {
  if (valuesPerCycle === undefined) return { value: at, bit: planes - 1 - cycle };
  return { value: cycle * valuesPerCycle + Math.floor(at / planes), bit: at % planes };
}
