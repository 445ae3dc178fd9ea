import { finish, type Machine, type Steps } from '@adiabit/simulator/circuit';
import type { Netlist } from '@adiabit/simulator/netlist';

/** One step of the compiler on a circuit. It keeps every output in every cycle. */
export interface Pass {
  readonly name: string;
  /** Builds the new netlist of a circuit; the old one is not changed. */
  readonly steps: (circuit: Machine) => Steps<Netlist>;
}

/** Cells that a pass handles between two steps: some milliseconds. */
export const CELLS_A_STEP = 16_384;

/** Does a pass at once. */
export const runPass = ({ steps }: Pass, circuit: Machine): Netlist => finish(steps(circuit));
