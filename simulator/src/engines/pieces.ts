import { Int32List } from '../bits/int32-list.js';
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
  const places = new Map<string, number>();
  const keys: string[] = [];
  for (let piece = 0; piece + 1 < order.starts.length; piece++) {
    const key = describe.key(order.cells, order.starts[piece], order.starts[piece + 1]);
    keys.push(key);
    places.set(key, (places.get(key) ?? 0) + 1);
  }
  const known = new Map<string, number>();
  const shapes: Shape[] = [];
  const pieceShapes = new Int32List();
  const cellCounts = new Int32List();
  const nets = new Int32List();
  const add = (key: string, start: number, end: number): void => {
    let shape = known.get(key);
    if (shape === undefined) {
      shape = shapes.push(describe.shape(order.cells, start, end)) - 1;
      known.set(key, shape);
    }
    pieceShapes.push(shape);
    cellCounts.push(end - start);
    for (const net of describe.word) nets.push(net);
  };
  keys.forEach((key, piece) => {
    const [start, end] = [order.starts[piece], order.starts[piece + 1]];
    if (places.get(key)! >= FEWEST_PLACES || end - start === 1) {
      describe.key(order.cells, start, end);
      add(key, start, end);
      return;
    }
    for (let at = start; at < end; at++) add(describe.key(order.cells, at, at + 1), at, at + 1);
  });
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
  /** Per word of the record of the piece described last the net it is about. */
  readonly word: number[] = [];
  private readonly codes: number[] = [];

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

  /** The same text for pieces that differ in their nets only. */
  key(order: Int32Array, start: number, end: number): string {
    const { kind, out, carry } = this.netlist.cells;
    const { codes, word, codeOf, insideReads } = this;
    codes.length = word.length = 0;
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
    for (const net of word) codeOf[net] = 0;
    for (let at = start; at < end; at++) {
      const cell = order[at];
      codeOf[out[cell]] = insideReads[out[cell]] = 0;
      if (carry[cell] >= 0) codeOf[carry[cell]] = insideReads[carry[cell]] = 0;
    }
    return String.fromCharCode(...codes);
  }

  /** The shape of the piece described last. */
  shape(order: Int32Array, start: number, end: number): Shape {
    const { kind, carry } = this.netlist.cells;
    const { codes } = this;
    let at = 0;
    let configurationWord = 0;
    const values: { cell: number; result: number }[] = [];
    const configurations = this.word.flatMap((net, index) => (this.roles.isConfiguration[net] === 1 ? [index] : []));
    const bare = Array.from({ length: end - start }, (_, index) => {
      const cell = order[start + index];
      const cellKind = CELL_KINDS[codes[at++]];
      const operands = Array.from({ length: OPERAND_COUNTS[kind[cell]] }, (): ShapeOperand => {
        const code = codes[at++];
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
        const code = codes[at++];
        return code >= CODE.stored ? code - CODE.stored : -1;
      });
      return { kind: cellKind, operands, stores };
    });
    const isStored = new Uint8Array(this.word.length);
    for (const { stores } of cells) for (const word of stores) if (word >= 0) isStored[word] = 1;
    return { cells, recordWords: this.word.length, isStored };
  }

  private operand(net: number): number {
    if (net <= CONSTANT_1) return CODE.constant + net;
    if (this.roles.isConfiguration[net] === 1) {
      this.word.push(net);
      return CODE.configuration;
    }
    let code = this.codeOf[net];
    if (code >= CODE.firstValue) this.insideReads[net]++;
    else if (code === 0) this.codeOf[net] = code = CODE.firstNet + this.word.push(net) - 1;
    return code;
  }

  private result(net: number): void {
    const isStored = this.roles.isKept[net] === 1 || this.readerCount[net] > this.insideReads[net];
    this.codes.push(isStored ? CODE.stored + this.word.push(net) - 1 : 0);
  }
}
