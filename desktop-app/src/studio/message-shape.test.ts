import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWholeMessage } from './message-shape.js';

const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 8 },
    fc.string({ size: 'medium' }),
    fc.double(),
    fc.integer(),
    fc.constantFrom(null, true, 2 ** 40, -(2 ** 40), 'a'.repeat(70_000)),
    fc.uint8Array({ maxLength: 400 }),
    fc.constant(new Uint8Array(70_000)),
    fc.date({ noInvalidDate: true }),
    fc.array(tie('value'), { maxLength: 40 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 20 }),
  ),
})).value;

describe('isWholeMessage', () => {
  it('takes whatever is encoded, and nothing that is cut off or longer', () => {
    fc.assert(
      fc.property(values, fc.nat(), (value, cut) => {
        const bytes = encode(value);
        expect(isWholeMessage(bytes)).toBe(true);
        expect(isWholeMessage(bytes.subarray(0, cut % bytes.length))).toBe(false);
        expect(isWholeMessage(Uint8Array.of(...bytes.subarray(0, 1000), 0xc0)) && bytes.length <= 1000).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses lists that say they hold more than there is, and lists in lists without end', () => {
    expect(isWholeMessage(Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff))).toBe(false);
    expect(isWholeMessage(Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff))).toBe(false);
    expect(isWholeMessage(Uint8Array.of(0xc6, 0xff, 0xff, 0xff, 0xff))).toBe(false);
    expect(isWholeMessage(Uint8Array.of(...new Uint8Array(1000).fill(0x91), 0xc0))).toBe(false);
    expect(isWholeMessage(Uint8Array.of(...new Uint8Array(20).fill(0x91), 0xc0))).toBe(true);
    expect(isWholeMessage(new Uint8Array(0))).toBe(false);
    expect(isWholeMessage(Uint8Array.of(0xc1))).toBe(false);
  });

  it('ends for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof isWholeMessage(bytes) === 'boolean'));
  });
});
