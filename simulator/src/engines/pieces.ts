import { Int32List } from '../bits/int32-list.js';
import { Sequences } from '../bits/sequences.js';
import { CELL_CODES, CELL_KINDS, OPERAND_COUNTS, type CellKind } from '../netlist/cells.js';
import { CONSTANT_1, type Netlist } from '../netlist/netlist.js';
import type { Order } from './order.js';

/**
 * What a function evaluates: cells whose operands are values of cells before them, nets in memory, configuration bits or
 * constants. A record holds an address for every net, and the configuration bits themselves, as words.
 */
export interface Shape {
  readonly cells: readonly ShapeCell[];
  /** Words of a record. */
  readonly recordWords: number;
  /** Per word of a record, 1 where it is about a net that the shape computes. */
  readonly isStored: Uint8Array;
}

export interface ShapeCell {
  readonly kind: CellKind;
  readonly operands: readonly ShapeOperand[];
  /** For each result the word of the record with its address; -1 when nobody outside reads it. */
  readonly stores: readonly number[];
}

export type ShapeOperand =
  /** Result `result` of an earlier cell. */
  | { readonly from: 'cell'; readonly cell: number; readonly result: number }
  /** A net whose address is in this word of the record. */
  | { readonly from: 'net'; readonly word: number }
  /** A configuration bit, all ones or zeros in this word of the record. */
  | { readonly from: 'configuration'; readonly word: number }
  | { readonly from: 'constant'; readonly bit: 0 | 1 };

/** Where the shapes stand in the circuit, in the order of evaluation. */
export interface Pieces {
  readonly shapes: readonly Shape[];
  /** Per piece its shape. */
  readonly shapeOf: Int32Array;
  /** Per piece its number of cells. */
  readonly cellCount: Int32Array;
  /** The cells, piece after piece. */
  readonly cells: Int32Array;
  /** Per word of each piece's record the net it is about, piece after piece. */
  readonly nets: Int32Array;
}

/** A shape that stands in fewer places is not worth a function of its own: its cells become shapes of one cell. */
const FEWEST_PLACES = 6;

/** Tells whether a net needs a place in memory even if nobody outside its piece reads it. */
export interface NetRoles {
  /** 1: read by more than combinational cells. */
  readonly isKept: Uint8Array;
  /** 1: driven by a configuration cell. */
  readonly isConfiguration: Uint8Array;
}

/** Describes every piece of an order and finds which are the same but for the nets. */
export function findShapes(netlist: Netlist, order: Order, roles: NetRoles): Pieces {
  const describe = new Describer(netlist, roles);
  const pieceCount = order.starts.length - 1;
  const descriptions = new Sequences();
  /** Per piece the number of its description and where its nets start. */
  const [descriptionOf, netStart] = [new Int32Array(pieceCount), new Int32Array(pieceCount + 1)];
  const netsOfPieces = new Int32List();
  const places = new Int32List();
  for (let piece = 0; piece < pieceCount; piece++) {
    describe.piece(order.cells, order.starts[piece], order.starts[piece + 1]);
    const description = descriptions.numberOf(describe.codes);
    descriptionOf[piece] = description;
    if (description === places.length) places.push(0);
    places.set(description, places.get(description) + 1);
    netsOfPieces.pushAll(describe.words);
    netStart[piece + 1] = netsOfPieces.length;
  }
  const shapeOfDescription = new Int32List();
  const shapes: Shape[] = [];
  const pieceShapes = new Int32List();
  const cellCounts = new Int32List();
  const nets = new Int32List();
  const add = (description: number, start: number, end: number): void => {
    while (shapeOfDescription.length <= description) shapeOfDescription.push(-1);
    if (shapeOfDescription.get(description) < 0) {
      describe.piece(order.cells, start, end);
      shapeOfDescription.set(description, shapes.push(describe.shape(order.cells, start, end)) - 1);
    }
    pieceShapes.push(shapeOfDescription.get(description));
    cellCounts.push(end - start);
  };
  for (let piece = 0; piece < pieceCount; piece++) {
    const [start, end] = [order.starts[piece], order.starts[piece + 1]];
    if (places.get(descriptionOf[piece]) >= FEWEST_PLACES || end - start === 1) {
      add(descriptionOf[piece], start, end);
      nets.pushAll(netsOfPieces, netStart[piece], netStart[piece + 1]);
      continue;
    }
    for (let at = start; at < end; at++) {
      describe.piece(order.cells, at, at + 1);
      add(descriptions.numberOf(describe.codes), at, at + 1);
      nets.pushAll(describe.words);
    }
  }
  return {
    shapes,
    ...{ shapeOf: pieceShapes.toArray(), cellCount: cellCounts.toArray() },
    ...{ cells: order.cells, nets: nets.toArray() },
  };
}

/** Codes of operands in a key: constants, then words of the record by number, then results of cells. */
const CODE = { constant: 0, configuration: 2, firstNet: 3, firstValue: 0x4000, stored: 0x8000 } as const;

class Describer {
  private readonly operandAt: readonly Int32Array[];
  /** Combinational cells that read each net. */
  private readonly readerCount: Uint32Array;
  private readonly insideReads: Uint32Array;
  /** Code of a net within the piece at hand, 0 for none. */
  private readonly codeOf: Uint16Array;
  /** Of the piece described last, per word of its record the net it is about. */
  readonly words = new Int32List();
  /** The description itself: the same for pieces that differ in their nets only. */
  readonly codes = new Int32List();

  constructor(
    private readonly netlist: Netlist,
    private readonly roles: NetRoles,
  ) {
    const { a, b, c, kind, count } = netlist.cells;
    this.operandAt = [a, b, c];
    this.readerCount = new Uint32Array(netlist.netCount);
    this.insideReads = new Uint32Array(netlist.netCount);
    this.codeOf = new Uint16Array(netlist.netCount);
    const [register, configuration] = [CELL_CODES.register, CELL_CODES.configuration];
    for (let cell = 0; cell < count; cell++) {
      if (kind[cell] === register || kind[cell] === configuration) continue;
      for (let index = 0; index < OPERAND_COUNTS[kind[cell]]; index++) this.readerCount[this.operandAt[index][cell]]++;
    }
  }

  /** Describes a piece: `codes` and `words` are about it until the next one. */
  piece(order: Int32Array, start: number, end: number): void {
    const { kind, out, carry } = this.netlist.cells;
    const { codes, words, codeOf, insideReads } = this;
    codes.clear();
    words.clear();
    let value = CODE.firstValue;
    for (let at = start; at < end; at++) {
      const cell = order[at];
      codes.push(kind[cell]);
      for (let index = 0; index < OPERAND_COUNTS[kind[cell]]; index++)
        codes.push(this.operand(this.operandAt[index][cell]));
      codeOf[out[cell]] = value++;
      if (carry[cell] >= 0) codeOf[carry[cell]] = value++;
    }
    // Which results are stored is known only once all reads inside the piece are counted.
    for (let at = start; at < end; at++) {
      const cell = order[at];
      this.result(out[cell]);
      if (carry[cell] >= 0) this.result(carry[cell]);
    }
    for (let word = 0; word < words.length; word++) codeOf[words.get(word)] = 0;
    for (let at = start; at < end; at++) {
      const cell = order[at];
      codeOf[out[cell]] = insideReads[out[cell]] = 0;
      if (carry[cell] >= 0) codeOf[carry[cell]] = insideReads[carry[cell]] = 0;
    }
  }

  /** The shape of the piece described last. */
  shape(order: Int32Array, start: number, end: number): Shape {
    const { kind, carry } = this.netlist.cells;
    const { codes } = this;
    let at = 0;
    let configurationWord = 0;
    const values: { cell: number; result: number }[] = [];
    const words = this.words.toArray();
    const configurations = [...words.keys()].filter((word) => this.roles.isConfiguration[words[word]] === 1);
    const bare = Array.from({ length: end - start }, (_, index) => {
      const cell = order[start + index];
      const cellKind = CELL_KINDS[codes.get(at++)];
      const operands = Array.from({ length: OPERAND_COUNTS[kind[cell]] }, (): ShapeOperand => {
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
    const cells = bare.map(({ kind: cellKind, operands, results }): ShapeCell => {
      const stores = Array.from({ length: results }, () => {
        const code = codes.get(at++);
        return code >= CODE.stored ? code - CODE.stored : -1;
      });
      return { kind: cellKind, operands, stores };
    });
    const isStored = new Uint8Array(words.length);
    for (const { stores } of cells) for (const word of stores) if (word >= 0) isStored[word] = 1;
    return { cells, recordWords: words.length, isStored };
  }

  private operand(net: number): number {
    if (net <= CONSTANT_1) return CODE.constant + net;
    if (this.roles.isConfiguration[net] === 1) {
      this.words.push(net);
      return CODE.configuration;
    }
    let code = this.codeOf[net];
    if (code >= CODE.firstValue) this.insideReads[net]++;
    else if (code === 0) this.codeOf[net] = code = CODE.firstNet + this.words.push(net);
    return code;
  }

  private result(net: number): void {
    const isStored = this.roles.isKept[net] === 1 || this.readerCount[net] > this.insideReads[net];
    this.codes.push(isStored ? CODE.stored + this.words.push(net) : 0);
  }
}
