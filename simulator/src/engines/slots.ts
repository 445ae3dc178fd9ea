import { operandsOf, resultsOf, type Netlist } from '../netlist/netlist.js';

/** Where each net lives. A slot is memory for one net; nets that are never alive together share one. */
export interface SlotPlan {
  /** Slot of each net; -1 for nets that live elsewhere and are neither kept nor computed by the schedule. */
  readonly slotOf: Int32Array;
  readonly slotCount: number;
}

/**
 * Gives every net a slot. Nets in `kept` own theirs for good; any other net takes a free slot when it is computed and
 * gives it back after its last reader, in the order of the schedule. The most recently freed slot is taken first: it
 * is still in the cache.
 */
export function planSlots(netlist: Netlist, schedule: Int32Array, kept: Uint8Array): SlotPlan {
  const { cells } = netlist;
  const slotOf = new Int32Array(netlist.netCount).fill(-1);
  let slotCount = 0;
  kept.forEach((keep, net) => {
    if (keep) slotOf[net] = slotCount++;
  });
  const lastReader = new Int32Array(netlist.netCount).fill(-1);
  schedule.forEach((cell, position) => {
    for (const net of operandsOf(cells, cell)) lastReader[net] = position;
  });
  const free: number[] = [];
  schedule.forEach((cell, position) => {
    const results = resultsOf(cells, cell);
    for (const net of results) if (!kept[net]) slotOf[net] = free.pop() ?? slotCount++;
    // Freed after the results have their places, so a kernel never writes over an operand it still reads.
    for (const net of new Set(operandsOf(cells, cell))) {
      if (!kept[net] && slotOf[net] >= 0 && lastReader[net] === position) free.push(slotOf[net]);
    }
    for (const net of results) if (!kept[net] && lastReader[net] < 0) free.push(slotOf[net]);
  });
  return { slotOf, slotCount };
}
