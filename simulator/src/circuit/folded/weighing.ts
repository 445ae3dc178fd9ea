import { getBit, popcountRow, type BitMatrix } from '../../bits/bit-matrix.js';
import { add, sumColumns, type Pipelined, type Word } from '../unrolled/blocks.js';
import type { NetlistBuilder } from '../../netlist/builder.js';
import { CONSTANT_1 } from '../../netlist/netlist.js';
import { LARGEST_WEIGHT, isBinary, type InputEncoding, type Weights } from '../../network/network.js';
import type { Contents } from '../../network/ranges.js';
import { formatOf, packRows, unsignedBits, type ValueFormat } from './words.js';

/**
 * The count that represents a signed sum S: S = scale * A - bias, where the count A only grows. Every product is
 * written so that its bits only add. The surplus is the same for every input, so it is part of the activation's
 * constants, and no row of weights costs a subtraction.
 */
export interface Count {
  readonly scale: 1 | 2;
  /** The bias per row of weights. */
  readonly bias: readonly bigint[];
  readonly bits: number;
}

/** The products of a layer's weights and values. */
export interface Weighing {
  readonly count: Count;
  /** The bits of a weight in memory; two's complement if more than one. */
  readonly weightBits: number;
  /** The format of the values that the products take. A bipolar value with integer weights is a number of two bits. */
  readonly format: ValueFormat;
  readonly kind: 'counted' | 'halved' | 'binary' | 'integer';
}

/**
 * Chooses the products of a layer.
 *
 * With U = 2^B - 1 for values u of B unsigned bits (a signed value plus 2^(B-1) = beta is one), N columns and Z weights of -1:
 *
 *     counted  bipolar bits             A counts w xnor v                        S = 2 A - N
 *     halved   the same with padding    a pair counts 2, a place outside 1       S = A - N
 *     binary   weights +1 and -1        -u is U - u less U: xnor, bit by bit     S = A - U Z - beta (N - 2 Z)
 *     integer  weights of b bits        C. Baugh and B. Wooley, 1973: and, but nand in the row of the sign;
 *                                       u w is that less 2^(b-1) U               S = A - N 2^(b-1) U - beta sum(w)
 */
export function weighingOf(
  weights: Weights,
  encoding: InputEncoding,
  padded: boolean,
  values: ValueFormat,
  contents: Contents,
): Weighing {
  const { rows, columns } = weights;
  const everyRow = <Value>(value: (row: number) => Value): Value[] =>
    Array.from({ length: rows }, (_, row) => value(row));
  const bipolar = encoding === 'bipolar';
  if (isBinary(weights) && bipolar) {
    const bias = everyRow(() => BigInt(columns));
    const scale = padded ? 1 : 2;
    const count = { scale, bias, bits: unsignedBits(padded ? 2 * columns : columns) } as const;
    return { count, weightBits: 1, format: { bits: 1, signed: false }, kind: padded ? 'halved' : 'counted' };
  }
  const format: ValueFormat = bipolar ? { bits: 2, signed: true } : values;
  const beta = format.signed ? 2 ** (format.bits - 1) : 0;
  const largest = 2 ** format.bits - 1;
  if (isBinary(weights)) {
    const bias = everyRow((row) => {
      const zeros = columns - popcountRow(weights, row);
      return BigInt(largest * zeros + beta * (columns - 2 * zeros));
    });
    const count = { scale: 1, bias, bits: unsignedBits(largest * columns) } as const;
    return { count, weightBits: 1, format, kind: 'binary' };
  }
  const [lowest, highest] = contents === 'any' ? [-LARGEST_WEIGHT, LARGEST_WEIGHT] : extremesOf(weights.values);
  const weightBits = Math.max(2, formatOf({ minimum: Math.min(-1, lowest), maximum: highest }).bits);
  const offset = columns * 2 ** (weightBits - 1) * largest;
  let most = contents === 'any' ? columns * LARGEST_WEIGHT * largest : 0;
  const bias = everyRow((row) => {
    let sum = 0;
    let positive = 0;
    for (const weight of weights.values.subarray(row * columns, (row + 1) * columns)) {
      sum += weight;
      positive += Math.max(weight, 0);
    }
    most = Math.max(most, positive * largest);
    return BigInt(offset + beta * sum);
  });
  const count = { scale: 1, bias, bits: unsignedBits(offset + most) } as const;
  return { count, weightBits, format, kind: 'integer' };
}

/** Finds the smallest and the largest number. */
function extremesOf(values: Int8Array): readonly [number, number] {
  let [low, high] = [0, 0];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return [low, high];
}

/** Prepares the values of SIMD channels for the products; 0 where the window is outside its picture. */
export function gated(
  builder: NetlistBuilder,
  value: Word,
  inside: number | undefined,
  { kind }: Weighing,
  bipolar: boolean,
): Word {
  const within = (net: number): number => (inside === undefined ? net : builder.and(net, inside));
  // +1 is 01, -1 is 11, and 00 stands for outside.
  if (kind === 'integer' && bipolar) return [inside ?? CONSTANT_1, within(builder.not(value[0]))];
  return kind === 'counted' || kind === 'halved' ? value.slice(0, 1) : value.map(within);
}

/** Packs the weights of `pe` channels and `simd` inputs a row, in the order in which a layer uses them. */
export function packWeights(weights: Weights, weightBits: number, pe: number, simd: number): BitMatrix {
  const { rows, columns } = weights;
  const chunks = columns / simd;
  const fields = new Array<number>(pe * simd).fill(weightBits);
  return packRows((rows / pe) * chunks, fields, (row, field) => {
    const channel = Math.floor(row / chunks) * pe + Math.floor(field / simd);
    const column = (row % chunks) * simd + (field % simd);
    return BigInt(isBinary(weights) ? getBit(weights, channel, column) : weights.values[channel * columns + column]);
  });
}

/** Builds the sum of SIMD products of one processing element, available a few cycles later. */
export function sumProducts(
  builder: NetlistBuilder,
  { kind, format, weightBits, count }: Weighing,
  values: readonly Word[],
  weights: Word,
  inside: number | undefined,
): Pipelined {
  const columns: number[][] = [];
  const put = (column: number, net: number): void => {
    while (columns.length <= column) columns.push([]);
    columns[column].push(net);
  };
  values.forEach((value, lane) => {
    if (kind === 'integer') {
      for (let row = 0; row < weightBits; row++) {
        const weight = weights[lane * weightBits + row];
        value.forEach((bit, column) => {
          const product = builder.and(unsignedBit(builder, bit, column, format), weight);
          put(row + column, row === weightBits - 1 ? builder.not(product) : product);
        });
      }
    } else {
      value.forEach((bit, column) => {
        const product = builder.xnor(unsignedBit(builder, bit, column, format), weights[lane]);
        if (kind === 'halved') put(column + 1, inside === undefined ? product : builder.and(product, inside));
        else put(column, product);
      });
    }
  });
  if (kind === 'halved' && inside !== undefined) {
    const outside = builder.not(inside);
    for (let bit = 0; 2 ** bit <= values.length; bit++) if ((values.length >> bit) & 1) put(bit, outside);
  }
  return sumColumns(builder, columns, count.bits);
}

/** Adds 2^(bits-1) to a signed value, which makes it unsigned: its top bit is inverted. */
const unsignedBit = (builder: NetlistBuilder, net: number, bit: number, { bits, signed }: ValueFormat): number =>
  signed && bit === bits - 1 ? builder.not(net) : net;

/** Accumulates: adds each input to the sum, which starts again at 0 where `first` is 1. */
export function accumulate(builder: NetlistBuilder, sum: Word, first: number, bits: number): Word {
  const registers = Array.from({ length: bits }, () => builder.openRegister());
  const more = builder.not(first);
  const kept = registers.map(({ q }) => builder.and(q, more));
  add(builder, sum, kept, bits).forEach((net, bit) => registers[bit].connect(net));
  return registers.map(({ q }) => q);
}
