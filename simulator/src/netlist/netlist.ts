import type { Memory } from './memory.js';
import { CELL_KINDS, CELL_SHAPES, type CellKind } from './cells.js';

/** Nets are numbers. Nets 0 and 1 are the constants. */
export const CONSTANT_0 = 0;
export const CONSTANT_1 = 1;

/** Stands for an operand or result that a cell does not have. */
export const NO_NET = -1;

/** A named vector of nets, least significant bit first. */
export interface Port {
  readonly name: string;
  readonly nets: Int32Array;
  /** Whether the bits are a number in two's complement. */
  readonly signed: boolean;
}

/** A named group of cells. Names are hierarchical, with levels separated by dots: `layer0.neuron17.popcount`. */
export interface Group {
  readonly name: string;
  readonly role: GroupRole;
}
export const GROUP_ROLES = [
  'control',
  'configuration',
  'product',
  'popcount',
  'adder',
  'comparator',
  'selector',
  'memory',
  'other',
] as const;
export type GroupRole = (typeof GROUP_ROLES)[number];

/** The cells, one array per field: cell i is kind[i] with operands a[i], b[i], c[i] and results out[i], carry[i]. */
export interface CellTable {
  readonly count: number;
  readonly kind: Uint8Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  readonly out: Int32Array;
  readonly carry: Int32Array;
  /** Index into groups. */
  readonly group: Int32Array;
}

/**
 * A clocked circuit: cells and memories joined by one-bit nets. Every net has one driver: a constant, an input port, a cell
 * or a memory. Registers and memories are all clocked together; registers start at 0.
 */
export interface Netlist {
  readonly name: string;
  readonly netCount: number;
  readonly cells: CellTable;
  readonly memories: readonly Memory[];
  readonly groups: readonly Group[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Named inner vectors for waveforms and debugging. They do not change the circuit. */
  readonly probes: readonly Port[];
}

export const kindOf = (cells: CellTable, cell: number): CellKind => CELL_KINDS[cells.kind[cell]];

/** Lists the operand nets of a cell. */
export function operandsOf(cells: CellTable, cell: number): number[] {
  return [cells.a[cell], cells.b[cell], cells.c[cell]].slice(0, CELL_SHAPES[kindOf(cells, cell)].operands);
}

/** Lists the result nets of a cell. */
export function resultsOf(cells: CellTable, cell: number): number[] {
  return [cells.out[cell], cells.carry[cell]].slice(0, CELL_SHAPES[kindOf(cells, cell)].results);
}

/** Describes a cell for messages: `n7 n8 = full-adder n1 n2 n3 in layer0.neuron0.popcount`. */
export function describeCell(netlist: Netlist, cell: number): string {
  const { cells, groups } = netlist;
  const nets = (list: readonly number[]): string => list.map((net) => `n${net}`).join(' ');
  const group = groups[cells.group[cell]].name;
  const reads = operandsOf(cells, cell);
  const from = reads.length === 0 ? '' : ` ${nets(reads)}`;
  return `${nets(resultsOf(cells, cell))} = ${kindOf(cells, cell)}${from} in ${group}`;
}

export function findPort(ports: readonly Port[], name: string): Port {
  const port = ports.find((candidate) => candidate.name === name);
  if (!port)
    throw new RangeError(`No port "${name}"; there are ${ports.map((candidate) => candidate.name).join(', ')}.`);
  return port;
}
