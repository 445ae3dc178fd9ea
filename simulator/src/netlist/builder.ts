import { CELL_CODES, RESULT_COUNTS, type CellKind } from './cells.js';
import type { BitMatrix } from '../bits/bit-matrix.js';
import { CellList } from './cell-list.js';
import type { Memory, MemoryWrite } from './memory.js';
import { CONSTANT_0, NO_NET, type Group, type GroupRole, type Netlist, type Port } from './netlist.js';

/** A register whose input is connected later. Feedback is built this way. */
export interface OpenRegister {
  readonly q: number;
  connect(d: number): void;
}

/** A memory whose ports are connected later. */
export interface OpenMemory {
  /** The word that was read, one cycle after its address. */
  readonly data: readonly number[];
  connectRead(address: readonly number[]): void;
  connectWrite(write: {
    readonly enable: number;
    readonly address: readonly number[];
    readonly data: readonly number[];
  }): void;
}

/**
 * Builds a netlist cell by cell. Cells belong to the group entered last. Every operand must exist already, except
 * through `openRegister`, so cells are in an order in which they can be evaluated.
 */
export class NetlistBuilder {
  readonly #cells = new CellList();
  readonly #memories: Memory[] = [];
  readonly #groups: Group[] = [{ name: 'top', role: 'other' }];
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #probes: Port[] = [];
  #currentGroup = 0;
  #netCount = 2;

  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Enters a new group and returns its index, which `resumeGroup` takes. */
  enterGroup(name: string, role: GroupRole): number {
    this.#currentGroup = this.#groups.push({ name, role }) - 1;
    return this.#currentGroup;
  }

  /** Continues a group that was entered before; 0 is the top. */
  resumeGroup(index: number): void {
    this.#currentGroup = index;
  }

  input(name: string, width: number): Int32Array {
    const nets = Int32Array.from({ length: width }, () => this.#netCount++);
    this.#inputs.push({ name, nets, signed: false });
    return nets;
  }

  output(name: string, nets: readonly number[] | Int32Array, signed = false): void {
    this.#outputs.push({ name, nets: Int32Array.from(nets), signed });
  }

  probe(name: string, nets: readonly number[] | Int32Array, signed = false): void {
    this.#probes.push({ name, nets: Int32Array.from(nets), signed });
  }

  not(a: number): number {
    return this.cell('not', a);
  }

  and(a: number, b: number): number {
    return this.cell('and', a, b);
  }

  or(a: number, b: number): number {
    return this.cell('or', a, b);
  }

  xor(a: number, b: number): number {
    return this.cell('xor', a, b);
  }

  xnor(a: number, b: number): number {
    return this.cell('xnor', a, b);
  }

  mux(select: number, whenOne: number, whenZero: number): number {
    return this.cell('mux', select, whenOne, whenZero);
  }

  compare(a: number, b: number, lower: number): number {
    return this.cell('compare', a, b, lower);
  }

  halfAdder(a: number, b: number): { sum: number; carry: number } {
    const sum = this.cell('half-adder', a, b);
    return { sum, carry: sum + 1 };
  }

  fullAdder(a: number, b: number, c: number): { sum: number; carry: number } {
    const sum = this.cell('full-adder', a, b, c);
    return { sum, carry: sum + 1 };
  }

  register(d: number): number {
    return this.cell('register', d);
  }

  registerAll(nets: readonly number[]): number[] {
    return nets.map((net) => this.register(net));
  }

  openRegister(): OpenRegister {
    const index = this.#cells.count;
    const q = this.register(CONSTANT_0);
    return { q, connect: (d) => this.#cells.connect(index, d) };
  }

  configuration(): number {
    return this.cell('configuration');
  }

  /** Adds a memory to the current group. */
  memory(
    name: string,
    { depth, width, contents }: { readonly depth: number; readonly width: number; readonly contents?: BitMatrix },
  ): OpenMemory {
    const data = Int32Array.from({ length: width }, () => this.#netCount++);
    const memory = { name, group: this.#currentGroup, depth, address: new Int32Array(), data };
    const index = this.#memories.push(contents === undefined ? memory : { ...memory, contents }) - 1;
    return {
      data: [...data],
      connectRead: (address) => {
        this.#memories[index] = { ...this.#memories[index], address: Int32Array.from(address) };
      },
      connectWrite: ({ enable, address: to, data: word }) => {
        const write: MemoryWrite = { enable, address: Int32Array.from(to), data: Int32Array.from(word) };
        this.#memories[index] = { ...this.#memories[index], write };
      },
    };
  }

  /** Adds a cell of any kind and returns its first result. A second result is the next net. */
  cell(kind: CellKind, a = NO_NET, b = NO_NET, c = NO_NET): number {
    return this.cellOf(CELL_CODES[kind], a, b, c);
  }

  /** Adds a cell like `cell`, by the code of its kind. */
  cellOf(code: number, a = NO_NET, b = NO_NET, c = NO_NET): number {
    const out = this.#netCount;
    this.#netCount += RESULT_COUNTS[code];
    this.#cells.push(code, a, b, c, out, this.#currentGroup);
    return out;
  }

  build(): Netlist {
    const name = this.#name;
    const netCount = this.#netCount;
    const memories = this.#memories;
    const groups = this.#groups;
    const inputs = this.#inputs;
    const outputs = this.#outputs;
    const probes = this.#probes;
    return { name, netCount, cells: this.#cells.toTable(), memories, groups, inputs, outputs, probes };
  }
}
