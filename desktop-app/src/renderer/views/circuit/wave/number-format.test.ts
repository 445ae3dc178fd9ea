import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatValue, usualFormat, type NumberFormat } from './number-format.js';

const hexOf = (value: bigint, width: number): string => value.toString(16).padStart(Math.ceil(width / 4), '0');
const write = (value: bigint, width: number, format: NumberFormat, fractionBits = 0, signed = true): string =>
  formatValue(hexOf(value, width), width, signed, { format, fractionBits });

describe('values of signals', () => {
  it.each([1, 31, 32, 33, 63, 64, 65])('of %i bits are written exactly in every format', (width) => {
    const all = 2n ** BigInt(width);
    const top = all / 2n;
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: all - 1n }), (value) => {
        expect(write(value, width, 'unsigned')).toBe(String(value));
        expect(write(value, width, 'signed')).toBe(String(value >= top ? value - all : value));
        expect(BigInt(write(value, width, 'hex'))).toBe(value);
        expect(write(value, width, 'hex')).toHaveLength(2 + Math.ceil(width / 4));
        expect(write(value, width, 'bits')).toHaveLength(width);
        expect(BigInt(`0b${write(value, width, 'bits')}`)).toBe(value);
        expect(write(value, width, 'fixed')).toBe(write(value, width, 'signed'));
      }),
    );
    expect(write(top, width, 'signed')).toBe(String(-top));
    expect(write(all - 1n, width, 'signed')).toBe('-1');
  });

  it('are fixed point with as many bits behind the point as chosen', () => {
    expect(write(0b0110n, 4, 'fixed', 2)).toBe('1.5');
    expect(write(0b1111n, 4, 'fixed', 2)).toBe('-0.25');
    expect(write(0b1111n, 4, 'fixed', 2, false)).toBe('3.75');
    expect(write(0n, 4, 'fixed', 2)).toBe('0');
    expect(write(1n, 65, 'fixed', 10)).toBe('0.0009765625');
    expect(write(2n ** 64n, 65, 'fixed', 64)).toBe('-1');
  });

  it('are bits if there is one, signed if the port is, and hexadecimal if they are long', () => {
    expect(usualFormat(1, false).format).toBe('bits');
    expect(usualFormat(12, true).format).toBe('signed');
    expect(usualFormat(12, false).format).toBe('unsigned');
    expect(usualFormat(784, false).format).toBe('hex');
  });
});
