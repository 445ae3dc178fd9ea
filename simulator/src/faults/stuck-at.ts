import { NetlistError } from '../errors.js';
import { withNets } from '../netlist/memory.js';
import { CONSTANT_0, CONSTANT_1, type Netlist } from '../netlist/netlist.js';

/**
 * The netlist with one net stuck at 0 or 1: whoever reads it reads the constant. Its driver stays and drives nothing.
 * @throws NetlistError `netlist.undriven` for a net that is not in the netlist
 */
export function stuckAt(netlist: Netlist, net: number, value: 0 | 1): Netlist {
  if (!Number.isInteger(net) || net < 0 || net >= netlist.netCount) {
    throw new NetlistError('undriven', `There is no net ${net}: they are 0 to ${netlist.netCount - 1}.`, { net });
  }
  const constant = value === 1 ? CONSTANT_1 : CONSTANT_0;
  const read = (one: number): number => (one === net ? constant : one);
  const { cells, memories, outputs } = netlist;
  return {
    ...netlist,
    cells: { ...cells, a: cells.a.map(read), b: cells.b.map(read), c: cells.c.map(read) },
    memories: memories.map((memory) => ({ ...withNets(memory, read), data: memory.data })),
    outputs: outputs.map((port) => ({ ...port, nets: port.nets.map(read) })),
  };
}
