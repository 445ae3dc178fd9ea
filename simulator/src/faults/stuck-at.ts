import { NetlistError } from '../errors.js';
import { withNets } from '../netlist/memory.js';
import { CONSTANT_0, CONSTANT_1, type Netlist } from '../netlist/netlist.js';

/**
 * The netlist with one net stuck at 0 or 1: whoever reads it reads the constant. Its driver stays and drives nothing.
 * @throws NetlistError `netlist.undriven` for a net that is not in the netlist
 */
export const stuckAt = (netlist: Netlist, net: number, value: 0 | 1): Netlist =>
  withStuckNets(netlist, new Map([[net, value]]));

/**
 * The same for several nets at once.
 * @throws NetlistError `netlist.undriven` for a net that is not in the netlist
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
