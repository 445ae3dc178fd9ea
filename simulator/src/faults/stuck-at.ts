import { NetlistError } from '../errors.js';
import { withNets } from '../netlist/memory.js';
import { CONSTANT_0, CONSTANT_1, type Netlist } from '../netlist/netlist.js';

/**
 * Copies a netlist with one net stuck at 0 or 1: all that read the net read the constant. Its driver stays and drives
 * nothing.
 * @throws NetlistError `netlist.undriven` if the netlist has no such net
 */
export const stuckAt = (netlist: Netlist, net: number, value: 0 | 1): Netlist =>
  withStuckNets(netlist, new Map([[net, value]]));

/**
 * Copies a netlist with several nets stuck at 0 or 1.
 * @throws NetlistError `netlist.undriven` if the netlist has no such net
 */
export function withStuckNets(netlist: Netlist, stuck: ReadonlyMap<number, 0 | 1>): Netlist {
  for (const net of stuck.keys()) {
    if (!Number.isInteger(net) || net < 0 || net >= netlist.netCount) {
      throw new NetlistError('undriven', `There is no net ${net}: they are 0 to ${netlist.netCount - 1}.`, { net });
    }
  }
  const constants = [CONSTANT_0, CONSTANT_1] as const;
  const read = (net: number): number => {
    const value = stuck.get(net);
    return value === undefined ? net : constants[value];
  };
  const { cells, memories, outputs } = netlist;
  return {
    ...netlist,
    cells: { ...cells, a: cells.a.map(read), b: cells.b.map(read), c: cells.c.map(read) },
    memories: memories.map((memory) => ({ ...withNets(memory, read), data: memory.data })),
    outputs: outputs.map((port) => ({ ...port, nets: port.nets.map(read) })),
  };
}
