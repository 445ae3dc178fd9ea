import type { Machine } from '@adiabit/simulator/circuit';
import type { Netlist } from '@adiabit/simulator/netlist';

/** One step of the compiler on a circuit. It keeps every output in every cycle. */
export interface Pass {
  readonly name: string;
  /** The new netlist of a circuit; the old one is not changed. */
  readonly run: (circuit: Machine) => Netlist;
}
