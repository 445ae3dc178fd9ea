import type { Machine } from '@adiabit/simulator';

/** Inferences that the compiled engine takes at once at the least. */
const LANES = 128;
/** Cells that may be evaluated, each for all lanes: about half a minute of one processor core. */
const MOST_CELLS = 3e10;

/**
 * Computes how many inferences of a circuit can be simulated while somebody waits: whole passes of the engine, one at the least. All that
 * anybody has, for unrolled circuits; of a folded one every inference takes as many cycles as its latency.
 */
export function inferencesInReach({ netlist, timing }: Machine): number {
  const cellsPerPass = netlist.cells.count * timing.latency;
  return LANES * Math.max(1, Math.floor(MOST_CELLS / cellsPerPass));
}
