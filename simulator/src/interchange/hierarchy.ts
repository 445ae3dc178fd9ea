import { NetlistError } from '../errors.js';
import type { CellKind } from '../netlist/cells.js';
import { driversOf } from '../netlist/levelize.js';
import { livenessOf } from '../netlist/liveness.js';
import { operandsOfMemory } from '../netlist/memory.js';
import { CONSTANT_1, kindOf, operandsOf, type Netlist } from '../netlist/netlist.js';
import { identifier } from './identifiers.js';

/** A level of the hierarchy of group names: `layer0.neuron3.popcount` is a scope inside `layer0.neuron3`. */
export interface Scope {
  /** The identifier inside its parent, made from `segment`. */
  readonly name: string;
  /** Its part of the group name. */
  readonly segment: string;
  /** Identifiers from the top joined by dots; empty at the top. */
  readonly path: string;
  readonly depth: number;
  readonly parent: Scope | undefined;
  readonly children: Scope[];
  /** The live cells of this level itself, without configuration cells. */
  readonly cells: number[];
  /** The live memories of this level itself. */
  readonly memories: number[];
  /** Nets that are read here and driven outside. */
  readonly inputs: Set<number>;
  /** Configuration nets read here. */
  readonly configuration: Set<number>;
  /** Nets that are driven here and read outside. */
  readonly outputs: Set<number>;
  /** Whether there is a register or a memory here or below. */
  clocked: boolean;
}

export interface MemoryBit {
  readonly memory: number;
  readonly bit: number;
}

/** A netlist as nested scopes. Cells that no output depends on are left out. */
export interface Hierarchy {
  readonly top: Scope;
  /** Per net, the cell that drives it, or -1. */
  readonly drivers: Int32Array;
  /** Per net, 1 if a live cell or an output port reads it. */
  readonly read: Uint8Array;
  /** Configuration nets in the order of their cells. */
  readonly configuration: readonly number[];
  /** Gives the scope whose cell drives a net; the top for inputs and configuration. */
  readonly scopeOf: (net: number) => Scope;
  /** Per net, the memory that drives it and the bit of its word. */
  readonly memoryBits: ReadonlyMap<number, MemoryBit>;
  /** Gives the name of a cell's net inside its scope. */
  readonly localName: (net: number) => string;
}

const RESULT_PREFIX: Readonly<Record<CellKind, readonly string[]>> = {
  not: ['not'],
  and: ['and'],
  or: ['or'],
  xor: ['xor'],
  xnor: ['xnor'],
  mux: ['mux'],
  compare: ['ge'],
  'half-adder': ['sum', 'carry'],
  'full-adder': ['sum', 'carry'],
  register: ['q'],
  configuration: ['cfg'],
};

/**
 * Builds the hierarchy of a netlist.
 * @throws NetlistError `netlist.bad-name` if two groups of one level get the same identifier
 */
export function buildHierarchy(netlist: Netlist): Hierarchy {
  const { cells } = netlist;
  const live = livenessOf(netlist);
  const memoryBits = new Map(
    netlist.memories.flatMap(({ data }, memory) => Array.from(data, (net, bit) => [net, { memory, bit }] as const)),
  );
  const drivers = driversOf(netlist);
  const top = newScope('', undefined);
  const scopes = netlist.groups.map(({ name }, index) => (index === 0 ? top : scopeAt(top, name)));
  const isConfiguration = (cell: number): boolean => kindOf(cells, cell) === 'configuration';

  const scopeOf = (net: number): Scope => {
    const cell = drivers[net];
    const from = memoryBits.get(net);
    if (from !== undefined) return scopes[netlist.memories[from.memory].group];
    return cell < 0 || isConfiguration(cell) ? top : scopes[cells.group[cell]];
  };
  const read = new Uint8Array(netlist.netCount);
  const connect = (net: number, reader: Scope): void => {
    if (net <= CONSTANT_1) return;
    read[net] = 1;
    const cell = drivers[net];
    const entering = cell >= 0 && isConfiguration(cell) ? 'configuration' : 'inputs';
    let to = reader;
    let from = scopeOf(net);
    while (to !== from) {
      if (to.depth >= from.depth) {
        if (to[entering].has(net)) break;
        to[entering].add(net);
        to = to.parent!;
      } else {
        from.outputs.add(net);
        from = from.parent!;
      }
    }
  };

  const ordinal = new Int32Array(cells.count);
  const configuration: number[] = [];
  for (let cell = 0; cell < cells.count; cell++) {
    if (isConfiguration(cell)) {
      configuration.push(cells.out[cell]);
    } else if (live.cells[cell]) {
      const scope = scopes[cells.group[cell]];
      ordinal[cell] = scope.cells.push(cell) - 1;
      for (const net of operandsOf(cells, cell)) connect(net, scope);
      if (kindOf(cells, cell) === 'register') markClocked(scope);
    }
  }
  netlist.memories.forEach((memory, index) => {
    if (live.memories[index] === 0) return;
    const scope = scopes[memory.group];
    scope.memories.push(index);
    operandsOfMemory(memory).forEach((net) => connect(net, scope));
    markClocked(scope);
  });
  for (const { nets } of netlist.outputs) nets.forEach((net) => connect(net, top));

  const localName = (net: number): string => {
    const from = memoryBits.get(net);
    if (from !== undefined) {
      const { name, data } = netlist.memories[from.memory];
      return data.length === 1 ? memoryOutput(name) : `${memoryOutput(name)}[${from.bit}]`;
    }
    const cell = drivers[net];
    const [first, second] = RESULT_PREFIX[kindOf(cells, cell)];
    return `${net === cells.out[cell] ? first : second}${ordinal[cell]}`;
  };
  return { top, drivers, read, configuration, scopeOf, memoryBits, localName };
}

/** Names the array of a memory. */
export const memoryWords = (name: string): string => `${identifier(name)}_words`;

/** Names the word that a memory has read. */
export const memoryOutput = (name: string): string => `${identifier(name)}_q`;

function markClocked(scope: Scope): void {
  for (let at: Scope | undefined = scope; at && !at.clocked; at = at.parent) at.clocked = true;
}

function newScope(segment: string, parent: Scope | undefined): Scope {
  const name = parent === undefined ? '' : identifier(segment);
  return {
    name,
    segment,
    path: parent === undefined || parent.path === '' ? name : `${parent.path}.${name}`,
    depth: parent === undefined ? 0 : parent.depth + 1,
    parent,
    children: [],
    cells: [],
    memories: [],
    inputs: new Set(),
    configuration: new Set(),
    outputs: new Set(),
    clocked: false,
  };
}

function scopeAt(top: Scope, path: string): Scope {
  let scope = top;
  for (const segment of path.split('.')) {
    let child = scope.children.find((candidate) => candidate.segment === segment);
    if (!child) {
      child = newScope(segment, scope);
      const { name } = child;
      const twin = scope.children.find((candidate) => candidate.name === name);
      if (twin) {
        throw new NetlistError(
          'bad-name',
          `The groups "${twin.segment}" and "${segment}" would both be called ${name}. Rename one.`,
          { name },
        );
      }
      scope.children.push(child);
    }
    scope = child;
  }
  return scope;
}
