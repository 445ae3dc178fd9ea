import { Int32List } from '../bits/int32-list.js';
import type { Netlist } from '../netlist/netlist.js';
import type { Blocks } from './templates.js';
import type { RegisterPlan } from './registers.js';
import type { SlotPlan } from './slots.js';
import { STEP_WORDS, isInvertedXnor } from './wasm/template-functions.js';

/** A range of memory, [first, end) in bytes. */
export type Stretch = readonly [first: number, end: number];

/** The memory of the compiled engine: first the nets, then the operand tables, then the program. */
export interface Layout {
  readonly bytes: number;
  /**
   * Operand tables of the copies that save inputs of registers before the evaluation, and of the copies at the clock
   * edge.
   */
  readonly aside: Stretch;
  readonly clock: Stretch;
  /** The steps of the program. */
  readonly program: Stretch;
  /** Gives the first 32-bit word of a net that has a slot. */
  wordOf(net: number): number;
  /** The places of the configuration bits: bit `position` fills `length` words from `word` on. */
  readonly bits: {
    readonly position: Int32Array;
    readonly word: Int32Array;
    readonly length: Int32Array;
    /** The value of the bit for which ones are written; for the other value, zeros are. */
    readonly valueOfOnes: Uint8Array;
  };
  /** Writes the operand tables and the program. */
  write(words: Uint32Array): void;
}

export interface LayoutPlan {
  readonly netlist: Netlist;
  readonly blocks: Blocks;
  readonly slots: SlotPlan;
  readonly plan: RegisterPlan;
  /** Configuration nets, in the order of the configuration. */
  readonly configuration: Int32Array;
  /** The index of template 0 in the function table. */
  readonly firstFunction: number;
  readonly vectors: number;
}

const WORD_BYTES = 4;

export function layOut({ netlist, blocks, slots, plan, configuration, firstFunction, vectors }: LayoutPlan): Layout {
  const wordsPerNet = 4 * vectors;
  const { cells } = netlist;
  const { slotOf, slotCount } = slots;
  const addressOf = (net: number): number => slotOf[net] * wordsPerNet * WORD_BYTES;
  const asideAddress = new Map(plan.aside.map((cell, index) => [cell, (slotCount + index) * wordsPerNet * WORD_BYTES]));
  const start = (slotCount + plan.aside.length) * wordsPerNet;
  const words = new Int32List();
  const bits = new BitPlaces(netlist.netCount, configuration);

  const stretchFrom = (first: number): Stretch => [WORD_BYTES * (start + first), WORD_BYTES * (start + words.length)];
  for (const [cell, address] of asideAddress) {
    words.push(addressOf(cells.a[cell]));
    words.push(address);
  }
  const aside = stretchFrom(0);
  const clockStart = words.length;
  for (const cell of plan.copied) {
    words.push(asideAddress.get(cell) ?? addressOf(cells.a[cell]));
    words.push(addressOf(cells.out[cell]));
  }
  const clock = stretchFrom(clockStart);

  const steps = new Int32List();
  const { templates, templateOf, nets } = blocks;
  const isInverse = templates.map((template) => {
    const found = new Uint8Array(template.tableWords);
    for (const { kind, operands } of template.cells) {
      if (!isInvertedXnor(kind, operands)) continue;
      for (const operand of operands) if (operand.from === 'configuration') found[operand.word] = 1;
    }
    return found;
  });
  for (let block = 0, at = 0; block < templateOf.length; block++) {
    const template = templateOf[block];
    if (block === 0 || templateOf[block - 1] !== template) {
      if (block > 0) steps.push(stretchFrom(0)[1]);
      steps.push(firstFunction + template);
      steps.push(stretchFrom(0)[1]);
    }
    for (let word = 0; word < templates[template].tableWords; word++, at++) {
      const net = nets[at];
      const isBit = bits.positionOf(net) >= 0;
      if (isBit) bits.add(net, start + words.length, 1, isInverse[template][word] === 1 ? 0 : 1);
      words.push(isBit ? 0 : addressOf(net));
    }
  }
  if (templateOf.length > 0) steps.push(stretchFrom(0)[1]);
  const programStart = words.length;
  for (const word of steps.toArray()) words.push(word);
  for (const net of configuration) if (slotOf[net] >= 0) bits.add(net, slotOf[net] * wordsPerNet, wordsPerNet, 1);
  const table = words.toArray();
  if (steps.length % STEP_WORDS !== 0) throw new RangeError('A step of the program is incomplete.');
  return {
    bytes: WORD_BYTES * (start + table.length),
    aside,
    clock,
    program: stretchFrom(programStart),
    wordOf: (net) => slotOf[net] * wordsPerNet,
    bits: bits.toArrays(),
    write: (memory) => memory.set(table, start),
  };
}

/** Collects the places of the configuration bits. */
class BitPlaces {
  readonly #positions: Int32Array;
  readonly #position = new Int32List();
  readonly #word = new Int32List();
  readonly #length = new Int32List();
  readonly #ones = new Int32List();

  constructor(netCount: number, configuration: Int32Array) {
    this.#positions = new Int32Array(netCount).fill(-1);
    configuration.forEach((net, position) => (this.#positions[net] = position));
  }

  /** Gives the position of a net in the configuration, or -1 if it is no configuration bit. */
  positionOf(net: number): number {
    return this.#positions[net];
  }

  add(net: number, word: number, length: number, valueOfOnes: number): void {
    this.#position.push(this.#positions[net]);
    this.#word.push(word);
    this.#length.push(length);
    this.#ones.push(valueOfOnes);
  }

  toArrays(): Layout['bits'] {
    return {
      position: this.#position.toArray(),
      word: this.#word.toArray(),
      length: this.#length.toArray(),
      valueOfOnes: Uint8Array.from(this.#ones.toArray()),
    };
  }
}
