import { add, greaterOrEqual, type Word } from '../unrolled/blocks.js';
import type { NetlistBuilder } from '../../netlist/builder.js';
import { choose, extended, type ValueFormat } from './words.js';
import type { Count } from './weighing.js';

/** Adds up the values of a window of one channel. Starts again where `first` is 1. */
export function sumWindow(builder: NetlistBuilder, value: Word, from: ValueFormat, first: number, bits: number): Word {
  const registers = Array.from({ length: bits }, () => builder.openRegister());
  const more = builder.not(first);
  const kept = registers.map(({ q }) => builder.and(q, more));
  add(builder, extended(value, bits, from.signed), kept, bits).forEach((net, bit) => registers[bit].connect(net));
  return registers.map(({ q }) => q);
}

/** Finds the largest value of a window of one channel, or the smallest where `takesMinimum` is 1. */
export function extremeOfWindow(
  builder: NetlistBuilder,
  value: Word,
  { signed }: ValueFormat,
  first: number,
  takesMinimum: number,
): Word {
  const registers = value.map(() => builder.openRegister());
  const best = registers.map(({ q }) => q);
  const isLarger = greaterOrEqual(builder, value, best, signed);
  const takes = builder.or(first, builder.xor(isLarger, takesMinimum));
  choose(builder, takes, value, best).forEach((net, bit) => registers[bit].connect(net));
  return best;
}

/** Adds two values; the sum is registered. */
export const addValues = (
  builder: NetlistBuilder,
  values: readonly [Word, Word],
  formats: readonly [ValueFormat, ValueFormat],
  bits: number,
): Word => {
  const [one, other] = values.map((value, index) => extended(value, bits, formats[index].signed));
  return builder.registerAll([...add(builder, one, other, bits)]);
};

/** Describes a value as a count, for an activation. */
export function countOf({ bits, signed }: ValueFormat, channels: number): Count {
  const bias = new Array<bigint>(channels).fill(signed ? 2n ** BigInt(bits - 1) : 0n);
  return { scale: 1, bias, bits };
}

/** Turns the value into that count. */
export const counted = (builder: NetlistBuilder, value: Word, { signed }: ValueFormat): Word =>
  signed ? [...value.slice(0, -1), builder.not(value[value.length - 1])] : value;
