import { CONSTANT_1, type Netlist } from '../netlist/netlist.js';
import type { Hierarchy } from './hierarchy.js';
import { VERILOG_PORT } from './verilog.js';

/**
 * Names nets for formats without hierarchy, as the Verilog has them once it is flattened: `x[3]`, `cfg[17]`,
 * `layer0.neuron3.popcount.sum5`. Constants and undriven nets have no name.
 */
export function flatNames(netlist: Netlist, hierarchy: Hierarchy): (net: number) => string {
  const ports = new Map<number, string>();
  const bits = (name: string, nets: ArrayLike<number>): void => {
    Array.from(nets).forEach((net, bit) => ports.set(net, bitName(name, bit, nets.length)));
  };
  for (const { name, nets } of netlist.inputs) bits(name, nets);
  bits(VERILOG_PORT.configuration, hierarchy.configuration);
  return (net) => {
    if (net <= CONSTANT_1) throw new RangeError(`Net n${net} is a constant and has no name.`);
    const port = ports.get(net);
    if (port !== undefined) return port;
    const { path } = hierarchy.scopeOf(net);
    return path === '' ? hierarchy.localName(net) : `${path}.${hierarchy.localName(net)}`;
  };
}

/** Names a bit of a port. */
export const bitName = (name: string, bit: number, width: number): string => (width === 1 ? name : `${name}[${bit}]`);
