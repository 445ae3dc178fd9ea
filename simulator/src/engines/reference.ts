import { type BitMatrix, getBit } from '../bits/bit-matrix.js';
import type { Bit } from '../bits/polarity.js';
import { evaluateCell } from '../netlist/cells.js';
import { levelize } from '../netlist/levelize.js';
import { firstWords, stepMemory } from '../netlist/memory.js';
import { CONSTANT_1, findPort, kindOf, type Netlist } from '../netlist/netlist.js';
import { checkConfigurationSize, checkMemoryBit, type StateBit, type UpsettableEngine } from './engine.js';

/**
 * The reference engine: one vector, one cell after the other, every net visible. Faster engines are compared with it.
 */
export class ReferenceEngine implements UpsettableEngine {
  readonly name = 'reference';
  readonly lanes = 1;
  readonly wordsPerNet = 1;
  /** The value of every net in this cycle. */
  readonly values: Uint8Array;
  readonly #order: Int32Array;
  readonly #registers: number[] = [];
  readonly #configurationCells: number[] = [];
  /** The bits of every memory, word by word. */
  #memories: Uint8Array[];

  constructor(readonly netlist: Netlist) {
    this.#order = levelize(netlist).order;
    this.values = new Uint8Array(netlist.netCount);
    this.values[CONSTANT_1] = 1;
    this.#memories = netlist.memories.map(firstWords);
    for (let cell = 0; cell < netlist.cells.count; cell++) {
      if (kindOf(netlist.cells, cell) === 'register') this.#registers.push(cell);
      if (kindOf(netlist.cells, cell) === 'configuration') this.#configurationCells.push(cell);
    }
  }

  configure(configuration: BitMatrix): void {
    checkConfigurationSize(configuration, this.#configurationCells.length);
    this.#configurationCells.forEach((cell, position) => {
      this.values[this.netlist.cells.out[cell]] = getBit(configuration, 0, position);
    });
  }

  reset(): void {
    for (const cell of this.#registers) this.values[this.netlist.cells.out[cell]] = 0;
    this.#memories = this.netlist.memories.map(firstWords);
    for (const { data } of this.netlist.memories) data.forEach((net) => (this.values[net] = 0));
  }

  setInput(port: string, words: Uint32Array): void {
    findPort(this.netlist.inputs, port).nets.forEach((net, bit) => (this.values[net] = words[bit] & 1));
  }

  evaluate(): void {
    const { cells } = this.netlist;
    const value = (net: number): Bit => this.#valueOf(net);
    for (const cell of this.#order) {
      const [y, carry] = evaluateCell(
        kindOf(cells, cell),
        value(cells.a[cell]),
        value(cells.b[cell]),
        value(cells.c[cell]),
      );
      this.values[cells.out[cell]] = y;
      if (cells.carry[cell] >= 0) this.values[cells.carry[cell]] = carry;
    }
  }

  getOutput(port: string): Uint32Array {
    return Uint32Array.from(findPort(this.netlist.outputs, port).nets, (net) => this.values[net]);
  }

  clock(): void {
    const { cells, memories } = this.netlist;
    const value = (net: number): Bit => this.#valueOf(net);
    const steps = memories.map((memory, index) => stepMemory(memory, this.#memories[index], value));
    const next = this.#registers.map((cell) => this.values[cells.a[cell]]);
    this.#registers.forEach((cell, index) => (this.values[cells.out[cell]] = next[index]));
    steps.forEach(({ read, written }, index) => {
      memories[index].data.forEach((net, bit) => (this.values[net] = read[bit]));
      if (written !== undefined) this.#memories[index].set(written.word, written.start);
    });
  }

  flip(bit: StateBit, [lane]: Uint32Array): void {
    if ('memory' in bit) {
      checkMemoryBit(this.netlist, bit.memory, bit.bit);
      this.#memories[bit.memory][bit.bit] ^= lane & 1;
      return;
    }
    if (!this.#registers.some((cell) => this.netlist.cells.out[cell] === bit.register))
      throw new RangeError(`Net ${bit.register} is no register.`);
    this.values[bit.register] ^= lane & 1;
  }

  #valueOf(net: number): Bit {
    return net >= 0 && this.values[net] === 1 ? 1 : 0;
  }
}
