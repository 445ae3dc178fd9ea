import { Int32List } from '../bits/int32-list.js';
import { Sequences } from '../bits/sequences.js';
import { CELL_CODES, CELL_KINDS, OPERAND_COUNTS, type CellKind } from '../netlist/cells.js';
import { CONSTANT_1, type Netlist } from '../netlist/netlist.js';
import type { Order } from './order.js';

/**
 * A function that equal blocks share. Its cells take results of earlier cells, nets in memory, configuration bits or
 * constants. An operand table holds the addresses of a block's nets, and its configuration bits themselves, one word
 * each.
 */
export interface Template {
  readonly cells: readonly TemplateCell[];
  /** The words of an operand table. */
  readonly tableWords: number;
  /** Per word of an operand table, 1 if it is the address of a result. */
  readonly isStored: Uint8Array;
}

export interface TemplateCell {
  readonly kind: CellKind;
  readonly operands: readonly TemplateOperand[];
  /** For each result, the word of the operand table with its address; -1 if no cell outside the block reads it. */
  readonly stores: readonly number[];
}

export type TemplateOperand =
  /** Result `result` of an earlier cell. */
  | { readonly from: 'cell'; readonly cell: number; readonly result: number }
  /** A net. Its address is in this word of the operand table. */
  | { readonly from: 'net'; readonly word: number }
  /** A configuration bit. This word of the operand table is all ones or all zeros. */
  | { readonly from: 'configuration'; readonly word: number }
  | { readonly from: 'constant'; readonly bit: 0 | 1 };

/** The blocks of a circuit in the order of evaluation. */
export interface Blocks {
  readonly templates: readonly Template[];
  /** Per block, its template. */
  readonly templateOf: Int32Array;
  /** Per block, its number of cells. */
  readonly cellCount: Int32Array;
  /** The cells of all blocks, in order. */
  readonly cells: Int32Array;
  /** The nets that the words of the operand tables stand for, block by block. */
  readonly nets: Int32Array;
}

/** A template with fewer blocks is not worth a function. Its blocks are split into blocks of one cell. */
const FEWEST_PLACES = 6;

/** The roles of nets that decide whether a net is in memory. */
export interface NetRoles {
  /** 1 if something other than a combinational cell reads the net. */
  readonly isKept: Uint8Array;
  /** 1 if a configuration cell drives the net. */
  readonly isConfiguration: Uint8Array;
}

/** Finds the templates of an order: blocks that are equal but for their nets have the same one. */
export function findTemplates(netlist: Netlist, order: Order, roles: NetRoles): Blocks {
  const describe = new Describer(netlist, roles);
  const blockCount = order.starts.length - 1;
  const descriptions = new Sequences();
  /** Per block, the number of its description and the start of its nets. */
  const [descriptionOf, netStart] = [new Int32Array(blockCount), new Int32Array(blockCount + 1)];
  const netsOfBlocks = new Int32List();
  const places = new Int32List();
  for (let block = 0; block < blockCount; block++) {
    describe.block(order.cells, order.starts[block], order.starts[block + 1]);
    const description = descriptions.numberOf(describe.codes);
    descriptionOf[block] = description;
    if (description === places.length) places.push(0);
    places.set(description, places.get(description) + 1);
    netsOfBlocks.pushAll(describe.words);
    netStart[block + 1] = netsOfBlocks.length;
  }
  const templateOfDescription = new Int32List();
  const templates: Template[] = [];
  const templateOfBlock = new Int32List();
  const cellCounts = new Int32List();
  const nets = new Int32List();
  const add = (description: number, start: number, end: number): void => {
    while (templateOfDescription.length <= description) templateOfDescription.push(-1);
    if (templateOfDescription.get(description) < 0) {
      describe.block(order.cells, start, end);
      templateOfDescription.set(description, templates.push(describe.template(order.cells, start, end)) - 1);
    }
    templateOfBlock.push(templateOfDescription.get(description));
    cellCounts.push(end - start);
  };
  for (let block = 0; block < blockCount; block++) {
    const [start, end] = [order.starts[block], order.starts[block + 1]];
    if (places.get(descriptionOf[block]) >= FEWEST_PLACES || end - start === 1) {
      add(descriptionOf[block], start, end);
      nets.pushAll(netsOfBlocks, netStart[block], netStart[block + 1]);
      continue;
    }
    for (let at = start; at < end; at++) {
      describe.block(order.cells, at, at + 1);
      add(descriptions.numberOf(describe.codes), at, at + 1);
      nets.pushAll(describe.words);
    }
  }
  return {
    templates,
    templateOf: templateOfBlock.toArray(),
    cellCount: cellCounts.toArray(),
    cells: order.cells,
    nets: nets.toArray(),
  };
}

/** Codes of operands in a description: constants, then words of the operand table by number, then results of cells. */
const CODE = { constant: 0, configuration: 2, firstNet: 3, firstValue: 0x4000, stored: 0x8000 } as const;

class Describer {
  readonly #operandAt: readonly Int32Array[];
  /** Per net, the number of combinational cells that read it. */
  readonly #readerCount: Uint32Array;
  readonly #insideReads: Uint32Array;
  /** The code of a net within the current block; 0 if it has none. */
  readonly #codeOf: Uint16Array;
  /** The nets that the words of the current block's operand table stand for. */
  readonly words = new Int32List();
  /** The description of the current block. Blocks that differ in their nets only have the same one. */
  readonly codes = new Int32List();

  readonly #netlist: Netlist;
  readonly #roles: NetRoles;

  constructor(netlist: Netlist, roles: NetRoles) {
    this.#netlist = netlist;
    this.#roles = roles;

    const { a, b, c, kind, count } = netlist.cells;
    this.#operandAt = [a, b, c];
    this.#readerCount = new Uint32Array(netlist.netCount);
    this.#insideReads = new Uint32Array(netlist.netCount);
    this.#codeOf = new Uint16Array(netlist.netCount);
    const [register, configuration] = [CELL_CODES.register, CELL_CODES.configuration];
    for (let cell = 0; cell < count; cell++) {
      if (kind[cell] === register || kind[cell] === configuration) continue;
      for (let index = 0; index < OPERAND_COUNTS[kind[cell]]; index++)
        this.#readerCount[this.#operandAt[index][cell]]++;
    }
  }

  /** Describes a block: sets `codes` and `words`, until the next call. */
  block(order: Int32Array, start: number, end: number): void {
    const { kind, out, carry } = this.#netlist.cells;
    const codes = this.codes;
    const words = this.words;
    const codeOf = this.#codeOf;
    const insideReads = this.#insideReads;
    codes.clear();
    words.clear();
    let value = CODE.firstValue;
    for (let at = start; at < end; at++) {
      const cell = order[at];
      codes.push(kind[cell]);
      for (let index = 0; index < OPERAND_COUNTS[kind[cell]]; index++)
        codes.push(this.#operand(this.#operandAt[index][cell]));
      codeOf[out[cell]] = value++;
      if (carry[cell] >= 0) codeOf[carry[cell]] = value++;
    }
    // All reads inside the block must be counted before it is known which results are stored.
    for (let at = start; at < end; at++) {
      const cell = order[at];
      this.#result(out[cell]);
      if (carry[cell] >= 0) this.#result(carry[cell]);
    }
    for (let word = 0; word < words.length; word++) codeOf[words.get(word)] = 0;
    for (let at = start; at < end; at++) {
      const cell = order[at];
      codeOf[out[cell]] = insideReads[out[cell]] = 0;
      if (carry[cell] >= 0) codeOf[carry[cell]] = insideReads[carry[cell]] = 0;
    }
  }

  /** Builds the template of the block that was described last. */
  template(order: Int32Array, start: number, end: number): Template {
    const { kind, carry } = this.#netlist.cells;
    const { codes } = this;
    let at = 0;
    let configurationWord = 0;
    const values: { cell: number; result: number }[] = [];
    const words = this.words.toArray();
    const configurations = [...words.keys()].filter((word) => this.#roles.isConfiguration[words[word]] === 1);
    const bare = Array.from({ length: end - start }, (_, index) => {
      const cell = order[start + index];
      const cellKind = CELL_KINDS[codes.get(at++)];
      const operands = Array.from({ length: OPERAND_COUNTS[kind[cell]] }, (): TemplateOperand => {
        const code = codes.get(at++);
        if (code >= CODE.firstValue) return { from: 'cell', ...values[code - CODE.firstValue] };
        if (code >= CODE.firstNet) return { from: 'net', word: code - CODE.firstNet };
        if (code === CODE.configuration) return { from: 'configuration', word: configurations[configurationWord++] };
        return { from: 'constant', bit: code === CODE.constant ? 0 : 1 };
      });
      values.push({ cell: index, result: 0 });
      if (carry[cell] >= 0) values.push({ cell: index, result: 1 });
      return { kind: cellKind, operands, results: carry[cell] >= 0 ? 2 : 1 };
    });
    const cells = bare.map(({ kind: cellKind, operands, results }): TemplateCell => {
      const stores = Array.from({ length: results }, () => {
        const code = codes.get(at++);
        return code >= CODE.stored ? code - CODE.stored : -1;
      });
      return { kind: cellKind, operands, stores };
    });
    const isStored = new Uint8Array(words.length);
    for (const { stores } of cells) for (const word of stores) if (word >= 0) isStored[word] = 1;
    return { cells, tableWords: words.length, isStored };
  }

  #operand(net: number): number {
    if (net <= CONSTANT_1) return CODE.constant + net;
    if (this.#roles.isConfiguration[net] === 1) {
      this.words.push(net);
      return CODE.configuration;
    }
    let code = this.#codeOf[net];
    if (code >= CODE.firstValue) this.#insideReads[net]++;
    else if (code === 0) this.#codeOf[net] = code = CODE.firstNet + this.words.push(net);
    return code;
  }

  #result(net: number): void {
    const isStored = this.#roles.isKept[net] === 1 || this.#readerCount[net] > this.#insideReads[net];
    this.codes.push(isStored ? CODE.stored + this.words.push(net) : 0);
  }
}
