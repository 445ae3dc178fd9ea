import { add, greaterOrEqual, sumColumns, type Pipelined, type Word } from '../unrolled/blocks.js';
import type { NetlistBuilder } from '../../netlist/builder.js';
import { CONSTANT_0 } from '../../netlist/netlist.js';
import type { Activation } from '../../network/network.js';
import { INT32, type Contents, type LayerRange, type Range } from '../../network/ranges.js';
import type { Count } from './weighing.js';
import { choose, constantWord, extended, formatOf } from './words.js';

/** The constants of an activation over counts, and the builder of its circuit. */
export interface CountActivation {
  /** The widths of a channel's constants. */
  readonly fields: readonly number[];
  readonly constant: (channel: number, field: number) => bigint;
  /** Builds the circuit that gives one channel's value, a few cycles after its count and its constants. */
  readonly build: (builder: NetlistBuilder, count: Word, constants: Word) => Pipelined;
}

/**
 * Turns an activation of S = scale * A - bias into one of A:
 *
 *     threshold    S >= T  is  A >= ceil((T + bias) / scale)
 *     integer      (S << shift) + o  is  (A << shift) * scale + (o - bias 2^shift)
 *     requantize   S m + o  is  scale * A m + (o - bias m)
 *
 * The last two are exact modulo 2^bits, where `bits` holds their range. So intermediate results may wrap.
 */
export function countActivation(
  activation: Activation,
  count: Count,
  { sums, values }: LayerRange,
  contents: Contents,
): CountActivation {
  switch (activation.kind) {
    case 'threshold':
      return threshold(activation, count);
    case 'integer':
      return integer(activation, count, values);
    case 'requantize':
      return requantize(activation, count, values, contents === 'any' ? ANY_FACTORS : factorsOf(activation, sums));
  }
}

type Of<Kind> = Extract<Activation, { readonly kind: Kind }>;

function threshold({ thresholds, inverted }: Of<'threshold'>, { scale, bias, bits }: Count): CountActivation {
  const never = 2n ** BigInt(bits);
  const at = (channel: number): bigint => {
    const lowered = BigInt(thresholds[channel]) + bias[channel];
    const rounded = scale === 1 ? lowered : (lowered + (lowered > 0n ? 1n : 0n)) / 2n;
    return rounded < 0n ? 0n : rounded > never ? never : rounded;
  };
  return {
    fields: inverted === undefined ? [bits + 1] : [bits + 1, 1],
    constant: (channel, field) => (field === 0 ? at(channel) : BigInt(inverted?.[channel] ?? 0)),
    build: (builder, count, constants) => {
      const fires = greaterOrEqual(builder, count, constants.slice(0, bits + 1));
      const value = inverted === undefined ? fires : builder.xor(fires, constants[bits + 1]);
      return { word: [builder.register(value)], cycles: 1 };
    },
  };
}

function integer({ shift, offsets }: Of<'integer'>, { scale, bias }: Count, values: Range): CountActivation {
  const { bits } = formatOf(values);
  return {
    fields: [bits],
    constant: (channel) => BigInt(offsets[channel]) - (bias[channel] << BigInt(shift)),
    build: (builder, count, constants) => {
      const zeros = new Array<number>(shift + scale - 1).fill(CONSTANT_0);
      return { word: builder.registerAll([...add(builder, [...zeros, ...count], constants, bits)]), cycles: 1 };
    },
  };
}

interface Factors {
  readonly multipliers: Range;
  /** The range of multiplied sums with their offsets. */
  readonly products: Range;
}

/** The ranges of a valid network. */
const ANY_FACTORS: Factors = { multipliers: INT32, products: INT32 };

function factorsOf({ multipliers, offsets }: Of<'requantize'>, sums: Range): Factors {
  const ends = [...multipliers].flatMap((multiplier, channel) =>
    [sums.minimum, sums.maximum].map((sum) => sum * multiplier + offsets[channel]),
  );
  return {
    multipliers: { minimum: Math.min(-1, ...multipliers), maximum: Math.max(...multipliers) },
    products: { minimum: Math.min(-1, ...ends), maximum: Math.max(...ends) },
  };
}

function requantize(
  { multipliers, offsets, shift, minimum, maximum }: Of<'requantize'>,
  { scale, bias, bits: countBits }: Count,
  values: Range,
  { multipliers: factors, products }: Factors,
): CountActivation {
  const { bits } = formatOf(products);
  const factorBits = formatOf(factors).bits;
  // The row of the sign is inverted, which adds 2^(b-1) for each value of the count's bits.
  const tooMuch = BigInt(scale) * (2n ** BigInt(factorBits - 1) * (2n ** BigInt(countBits) - 1n));
  const scaled = {
    minimum: Math.floor(products.minimum / 2 ** shift),
    maximum: Math.floor(products.maximum / 2 ** shift),
  };
  const format = formatOf(values);
  return {
    fields: [factorBits, bits],
    constant: (channel, field) => {
      const multiplier = BigInt(multipliers[channel]);
      return field === 0 ? multiplier : BigInt(offsets[channel]) - bias[channel] * multiplier - tooMuch;
    },
    build: (builder, count, constants) => {
      const columns: number[][] = Array.from(constants.slice(factorBits), (net) => [net]);
      for (let row = 0; row < factorBits; row++) {
        count.forEach((bit, at) => {
          const column = row + at + scale - 1;
          if (column >= bits) return;
          const product = builder.and(bit, constants[row]);
          columns[column].push(row === factorBits - 1 ? builder.not(product) : product);
        });
      }
      const { word, cycles } = sumColumns(builder, columns, bits);
      let value = extended(word.slice(Math.min(shift, bits - 1)), Math.max(bits - shift, format.bits + 1), true);
      const limit = (bound: number): Word => constantWord(bound, value.length);
      if (scaled.maximum > maximum) {
        const isAbove = greaterOrEqual(builder, value, limit(maximum), true);
        value = choose(builder, isAbove, limit(maximum), value);
      }
      if (scaled.minimum < minimum) {
        const isWithin = greaterOrEqual(builder, value, limit(minimum), true);
        value = choose(builder, isWithin, value, limit(minimum));
      }
      return { word: builder.registerAll([...value.slice(0, format.bits)]), cycles: cycles + 1 };
    },
  };
}
