import type { Machine } from '@adiabit/simulator/circuit';

/** Inferences that the compiled engine takes at once at the least. */
const LANES = 128;
/** Cells that are evaluated, each for all lanes, in about half a minute on one processor core. */
const CELLS_IN_REACH = 1.2e10;

/**
 * Computes how many inferences of a circuit can be simulated while a user waits. An unrolled circuit answers every few
 * cycles, so all of them; a folded one takes as many cycles as its memories have words, so full passes of the engine
 * for half a minute, one at the least.
 */
export function inferencesInReach({ netlist, timing }: Pick<Machine, 'netlist' | 'timing'>): number {
  if (timing.valuesPerCycle === undefined) return Infinity;
  const cycles = CELLS_IN_REACH / netlist.cells.count;
  return LANES * Math.max(1, 1 + Math.floor((cycles - timing.latency) / timing.initiationInterval));
}
