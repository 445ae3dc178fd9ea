import { NetlistError } from '../errors.js';
import { operandsOfMemory } from '../netlist/memory.js';
import { CONSTANT_1, kindOf, operandsOf, type Netlist } from '../netlist/netlist.js';
import { bitName } from './flat-names.js';
import { buildHierarchy, type Hierarchy, type Scope } from './hierarchy.js';
import { VERILOG_PORT, verilogName } from './verilog.js';

export interface DotOptions {
  /** The part to draw, named like groups (`layer0.neuron3`). If absent, the whole circuit. */
  readonly scope?: string;
  /** Draws every cell, in nested boxes, instead of one box for each part. For a neuron, not for a network. */
  readonly cells?: boolean;
}

/**
 * Writes a drawing of a circuit or a part of it for Graphviz: its parts as boxes, and lines labelled with the number of
 * nets.
 * @throws NetlistError `netlist.bad-name` if there is no such part
 */
export function* writeDot(netlist: Netlist, { scope: path, cells: all = false }: DotOptions = {}): Generator<string> {
  const hierarchy = buildHierarchy(netlist);
  const view = path === undefined ? hierarchy.top : findScope(hierarchy.top, path);
  const drawing = new Drawing(netlist, hierarchy, view, all);
  yield `digraph ${quoted(view.path === '' ? verilogName(netlist) : view.path)} {`;
  yield '  rankdir=LR; node [shape=box, fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];';
  yield* drawing.nodes(view, '  ');
  const edges = drawing.edges();
  for (const line of drawing.terminals()) yield line;
  for (const [key, count] of edges) yield `  ${key}${count > 1 ? ` [label="${count}", penwidth=2]` : ''};`;
  yield '}';
}

function findScope(top: Scope, path: string): Scope {
  return path.split('.').reduce((scope, segment) => {
    const child = scope.children.find((candidate) => candidate.segment === segment);
    if (child) return child;
    const names = scope.children.slice(0, 12).map((candidate) => candidate.segment);
    const known = names.length > 0 ? ` There are ${names.join(', ')}${scope.children.length > 12 ? ', ...' : ''}.` : '';
    throw new NetlistError('bad-name', `There is no "${segment}" in "${scope.path}" to draw "${path}".${known}`, {
      path,
    });
  }, top);
}

class Drawing {
  /** The ends of lines outside the view, by node name. */
  readonly #outside = new Map<string, string>();
  readonly #inputNames = new Map<number, string>();

  readonly #netlist: Netlist;
  readonly #hierarchy: Hierarchy;
  readonly #view: Scope;
  readonly #all: boolean;

  constructor(netlist: Netlist, hierarchy: Hierarchy, view: Scope, all: boolean) {
    this.#netlist = netlist;
    this.#hierarchy = hierarchy;
    this.#view = view;
    this.#all = all;

    for (const { name, nets } of [...netlist.inputs, this.#configuration()]) {
      Array.from(nets).forEach((net, bit) => this.#inputNames.set(net, all ? bitName(name, bit, nets.length) : name));
    }
  }

  *nodes(scope: Scope, indent: string): Generator<string> {
    const { cells } = this.#netlist;
    for (const cell of scope.cells) {
      const kind = kindOf(cells, cell);
      const style = kind === 'register' ? ', style=filled, fillcolor="#dce6f5"' : '';
      yield `${indent}${quoted(this.#cellNode(cell))} [label=${quoted(kind)}${style}];`;
    }
    for (const index of scope.memories) {
      const { name, depth, data } = this.#netlist.memories[index];
      const label = quoted(`${name}\n${depth} x ${data.length} bits`);
      yield `${indent}${quoted(memoryNode(index))} [label=${label}, style=filled, fillcolor="#f3e6c8"];`;
    }
    for (const child of scope.children) {
      if (child.outputs.size === 0) continue;
      if (this.#all) {
        yield `${indent}subgraph ${quoted(`cluster ${child.path}`)} {`;
        yield `${indent}  label=${quoted(child.segment)}; color="#8899aa"; fontname="sans-serif";`;
        yield* this.nodes(child, `${indent}  `);
        yield `${indent}}`;
      } else {
        const inside = countCells(child);
        yield `${indent}${quoted(child.path)} [label=${quoted(`${child.segment}\n${inside} cells`)}, style=rounded];`;
      }
    }
  }

  /** Gives the lines between nodes, with the number of nets in each. */
  edges(): Map<string, number> {
    const { cells } = this.#netlist;
    const nets = new Map<string, Set<number>>();
    const connect = (net: number, to: string): void => {
      if (net <= CONSTANT_1) return;
      const from = this.#driverNode(net);
      if (from === to) return;
      const key = `${quoted(from)} -> ${quoted(to)}`;
      nets.set(key, (nets.get(key) ?? new Set()).add(net));
    };
    const visit = (scope: Scope): void => {
      for (const cell of scope.cells) {
        for (const net of operandsOf(cells, cell)) connect(net, this.#nodeIn(scope, this.#cellNode(cell)));
      }
      for (const memory of scope.memories) {
        for (const net of operandsOfMemory(this.#netlist.memories[memory]))
          connect(net, this.#nodeIn(scope, memoryNode(memory)));
      }
      scope.children.forEach(visit);
    };
    visit(this.#view);
    if (this.#view.parent) {
      for (const net of this.#view.outputs) connect(net, this.#terminal('outputs'));
    } else {
      for (const port of this.#netlist.outputs) port.nets.forEach((net) => connect(net, this.#terminal(port.name)));
    }
    return new Map([...nets].map(([key, members]) => [key, members.size]));
  }

  *terminals(): Generator<string> {
    for (const [node, label] of this.#outside) yield `  ${quoted(node)} [label=${quoted(label)}, shape=plaintext];`;
  }

  #configuration(): { name: string; nets: readonly number[] } {
    return { name: VERILOG_PORT.configuration, nets: this.#hierarchy.configuration };
  }

  #driverNode(net: number): string {
    const input = this.#inputNames.get(net);
    if (input !== undefined) return this.#terminal(input);
    const home = this.#hierarchy.scopeOf(net);
    if (!isInside(home, this.#view)) return this.#terminal(this.#all ? home.path : partBeside(home, this.#view).path);
    const memory = this.#hierarchy.memoryBits.get(net);
    return this.#nodeIn(home, memory ? memoryNode(memory.memory) : this.#cellNode(this.#hierarchy.drivers[net]));
  }

  /** Gives the node of a cell: the cell itself, or the part that hides it. */
  #nodeIn(scope: Scope, cell: string): string {
    if (this.#all || scope === this.#view) return cell;
    let part = scope;
    while (part.parent !== this.#view) part = part.parent!;
    return part.path;
  }

  #cellNode(cell: number): string {
    return `n${this.#netlist.cells.out[cell]}`;
  }

  #terminal(label: string): string {
    const node = `port ${label}`;
    this.#outside.set(node, label);
    return node;
  }
}

function isInside(scope: Scope, outer: Scope): boolean {
  for (let at: Scope | undefined = scope; at; at = at.parent) if (at === outer) return true;
  return false;
}

/** Finds the largest part around a scope that does not contain the view. It is the end of all lines from there. */
function partBeside(scope: Scope, view: Scope): Scope {
  let part = scope;
  while (part.parent !== undefined && !isInside(view, part.parent)) part = part.parent;
  return part;
}

const memoryNode = (memory: number): string => `memory ${memory}`;

const countCells = (scope: Scope): number =>
  scope.children.reduce((sum, child) => sum + countCells(child), scope.cells.length);

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
