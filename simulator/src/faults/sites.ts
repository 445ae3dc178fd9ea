import type { Machine } from '../circuit/circuit.js';
import type { StateBit } from '../engines/engine.js';
import { kindOf, resultsOf, type Netlist } from '../netlist/netlist.js';
import type { Random } from '../random.js';
import type { FaultKind } from './plan.js';

/** Counts the places of a circuit that a kind of fault can hit. */
export function faultSites({ netlist, configuration }: Machine, kind: FaultKind): number {
  switch (kind) {
    case 'configuration':
      return configuration.columns > 0 ? configuration.columns : constantBits(netlist);
    case 'registers':
      return registersOf(netlist).length;
    case 'stuck':
      return drivenNets(netlist).length;
  }
}

/** Counts the bits of read-only memories: weights and constants of a folded circuit. */
const constantBits = ({ memories }: Netlist): number =>
  memories.reduce((sum, { depth, data, write }) => sum + (write === undefined ? depth * data.length : 0), 0);

/** Gives the bit at a position among those of read-only memories. */
export function constantBit({ memories }: Netlist, position: number): StateBit {
  let left = position;
  for (const [memory, { depth, data, write }] of memories.entries()) {
    if (write !== undefined) continue;
    const bits = depth * data.length;
    if (left < bits) return { memory, bit: left };
    left -= bits;
  }
  throw new RangeError(`There is no bit ${position} in memories that nothing writes.`);
}

/** Lists the nets of all registers. */
export function registersOf({ cells }: Netlist): readonly number[] {
  const nets: number[] = [];
  for (let cell = 0; cell < cells.count; cell++) if (kindOf(cells, cell) === 'register') nets.push(cells.out[cell]);
  return nets;
}

/** Lists the nets that a cell or a memory drives. */
export function drivenNets({ cells, memories }: Netlist): readonly number[] {
  const nets: number[] = [];
  for (let cell = 0; cell < cells.count; cell++) for (const net of resultsOf(cells, cell)) nets.push(net);
  for (const { data } of memories) data.forEach((net) => nets.push(net));
  return nets;
}

/** Draws `count` different numbers below a limit (R. Floyd's sampling, Communications of the ACM 30, 1987). */
export function drawDistinct(count: number, limit: number, random: Random): ReadonlySet<number> {
  const chosen = new Set<number>();
  for (let highest = limit - count; highest < limit; highest++) {
    const drawn = Math.floor(random.uniform(0, highest + 1));
    chosen.add(chosen.has(drawn) ? highest : drawn);
  }
  return chosen;
}
