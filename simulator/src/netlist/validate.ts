import { NetlistError } from '../errors.js';
import { levelize } from './levelize.js';
import { CONSTANT_0, CONSTANT_1, describeCell, operandsOf, resultsOf, type Netlist } from './netlist.js';

/**
 * Checks that every net has exactly one driver, that nothing reads an undriven net and that no path loops back
 * without a register.
 * @throws NetlistError naming the first offending net, cell or port.
 */
export function validateNetlist(netlist: Netlist): void {
  const { cells, netCount } = netlist;
  const driven = new Uint8Array(netCount);
  const drive = (net: number, by: () => string): void => {
    if (net < 0 || net >= netCount) {
      throw new NetlistError('undriven', `${by()} names net n${net}; the netlist has n0 to n${netCount - 1}.`, { net });
    }
    if (driven[net]) throw new NetlistError('multiple-drivers', `n${net} has a second driver: ${by()}.`, { net });
    driven[net] = 1;
  };
  drive(CONSTANT_0, () => 'constant 0');
  drive(CONSTANT_1, () => 'constant 1');
  for (const port of netlist.inputs) port.nets.forEach((net) => drive(net, () => `input ${port.name}`));
  for (let cell = 0; cell < cells.count; cell++) {
    for (const net of resultsOf(cells, cell)) drive(net, () => describeCell(netlist, cell));
  }
  const read = (net: number, by: () => string): void => {
    if (net < 0 || net >= netCount || !driven[net]) {
      throw new NetlistError('undriven', `${by()} reads n${net}, which nothing drives.`, { net });
    }
  };
  for (let cell = 0; cell < cells.count; cell++) {
    for (const net of operandsOf(cells, cell)) read(net, () => describeCell(netlist, cell));
  }
  for (const port of [...netlist.outputs, ...netlist.probes])
    port.nets.forEach((net) => read(net, () => `port ${port.name}`));
  const names = [...netlist.inputs, ...netlist.outputs].map((port) => port.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new NetlistError('multiple-drivers', `Two ports are called "${twice}". Rename one.`, { port: twice });
  }
  levelize(netlist);
}
