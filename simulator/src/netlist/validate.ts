import { NetlistError, type ErrorDetails } from '../errors.js';
import { CELL_KINDS, OPERAND_COUNTS, RESULT_COUNTS } from './cells.js';
import { levelsOf } from './levelize.js';
import { addressBits, operandsOfMemory, type Memory } from './memory.js';
import { CONSTANT_0, CONSTANT_1, describeCell, type Netlist } from './netlist.js';

/**
 * Checks that every net has exactly one driver, that nothing reads an undriven net, that memories agree with
 * their ports and that no path loops back without a register.
 * @throws NetlistError naming the first offending net, cell or port.
 */
export function validateNetlist(netlist: Netlist): void {
  checkCells(netlist);
  const { cells, netCount } = netlist;
  const { kind } = cells;
  const [operands, results] = [
    [cells.a, cells.b, cells.c],
    [cells.out, cells.carry],
  ];
  const driven = new Uint8Array(netCount);
  const isFree = (net: number): boolean => net >= 0 && net < netCount && driven[net] === 0;
  const refuse = (net: number, by: string): never => {
    if (net < 0 || net >= netCount) {
      throw new NetlistError('undriven', `${by} names net n${net}; the netlist has n0 to n${netCount - 1}.`, { net });
    }
    throw new NetlistError('multiple-drivers', `n${net} has a second driver: ${by}.`, { net });
  };
  const drive = (net: number, by: () => string): void => {
    if (!isFree(net)) refuse(net, by());
    driven[net] = 1;
  };
  drive(CONSTANT_0, () => 'constant 0');
  drive(CONSTANT_1, () => 'constant 1');
  for (const port of netlist.inputs) port.nets.forEach((net) => drive(net, () => `input ${port.name}`));
  for (let cell = 0; cell < cells.count; cell++) {
    // Messages are built only for a wrong cell, because there may be millions of right ones.
    for (let index = 0; index < RESULT_COUNTS[kind[cell]]; index++) {
      const net = results[index][cell];
      if (!isFree(net)) refuse(net, describeCell(netlist, cell));
      driven[net] = 1;
    }
  }
  checkMemoryNames(netlist);
  for (const memory of netlist.memories) {
    checkWidths(memory);
    memory.data.forEach((net) => drive(net, () => `memory ${memory.name}`));
  }
  const isDriven = (net: number): boolean => net >= 0 && net < netCount && driven[net] === 1;
  const read = (net: number, by: () => string): void => {
    if (!isDriven(net)) {
      throw new NetlistError('undriven', `${by()} reads n${net}, which nothing drives.`, { net });
    }
  };
  for (let cell = 0; cell < cells.count; cell++) {
    for (let index = 0; index < OPERAND_COUNTS[kind[cell]]; index++) {
      const net = operands[index][cell];
      if (!isDriven(net)) read(net, () => describeCell(netlist, cell));
    }
  }
  for (const memory of netlist.memories)
    operandsOfMemory(memory).forEach((net) => read(net, () => `memory ${memory.name}`));
  for (const port of [...netlist.outputs, ...netlist.probes])
    port.nets.forEach((net) => read(net, () => `port ${port.name}`));
  const names = [...netlist.inputs, ...netlist.outputs].map((port) => port.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new NetlistError('multiple-drivers', `Two ports are called "${twice}". Rename one.`, { port: twice });
  }
  // Throws if a path loops back without a register.
  levelsOf(netlist);
}

/** Checks that the kind and the group of every cell exist. All other checks rely on it. */
function checkCells({ cells, groups }: Netlist): void {
  const refuse = (what: string, details: ErrorDetails): never => {
    throw new NetlistError('width-mismatch', `The cells are not a table: ${what}.`, details);
  };
  for (const column of ['kind', 'a', 'b', 'c', 'out', 'carry', 'group'] as const) {
    const { length } = cells[column];
    if (length !== cells.count) refuse(`${cells.count} cells, but "${column}" has ${length}`, { column });
  }
  for (let cell = 0; cell < cells.count; cell++) {
    if (cells.kind[cell] >= CELL_KINDS.length) refuse(`cell ${cell} has kind ${cells.kind[cell]}`, { cell });
    if (cells.group[cell] < 0 || cells.group[cell] >= groups.length)
      refuse(`cell ${cell} stands in group ${cells.group[cell]}`, { cell });
  }
}

function checkMemoryNames({ memories, groups }: Netlist): void {
  const names = memories.map(({ group, name }) => `${groups[group].name}.${name}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new NetlistError('multiple-drivers', `Two memories are called "${twice}". Rename one.`, { memory: twice });
  }
}

function checkWidths({ name, depth, address, data, write, contents }: Memory): void {
  const refuse = (what: string): never => {
    throw new NetlistError('width-mismatch', `Memory ${name} ${what}.`, { memory: name });
  };
  const width = data.length;
  if (depth < 1 || width < 1) refuse(`has ${depth} words of ${width} bits`);
  const bits = addressBits(depth);
  for (const [what, nets] of [
    ['read', address],
    ['written', write?.address],
  ] as const) {
    if (nets !== undefined && nets.length < bits)
      refuse(`has ${depth} words, which take ${bits} bits of address, and is ${what} by ${nets.length}`);
  }
  if (write !== undefined && write.data.length !== width)
    refuse(`is ${width} bits wide and is written ${write.data.length} bits`);
  if (contents !== undefined && (contents.rows !== depth || contents.columns !== width))
    refuse(`holds ${depth} words of ${width} bits, its contents are ${contents.rows} of ${contents.columns}`);
}
