import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMuLaw } from './mu-law.js';
import {
  MAX_PREPARED_VALUES,
  MAX_STEPS,
  STEPS_UNIT,
  checkPreparation,
  prepared,
  type Preparation,
} from './preparation.js';

/** The formula of `prepared`, with integers of any size and no shortcut. */
function byDefinition({ samples, steps }: Preparation, example: Uint8Array): number[] {
  const x = [...example].map((byte) => BigInt(samples === 'muLaw' ? decodeMuLaw(byte) : byte));
  const n = BigInt(x.length);
  const sum = x.reduce((total, sample) => total + sample, 0n);
  const squares = x.reduce((total, sample) => total + sample * sample, 0n);
  const variance = n * squares - sum * sum;
  if (variance === 0n) return x.map(() => 128);
  let exponent = 0n;
  while (variance * 4n ** (exponent + 1n) < 2n ** 64n) exponent++;
  let root = 0n;
  for (let bit = 1n << 32n; bit > 0n; bit >>= 1n) {
    if ((root + bit) ** 2n <= variance * 4n ** exponent) root += bit;
  }
  const factor = (BigInt(steps) * 2n ** 35n) / root;
  const floor = (numerator: bigint, denominator: bigint): bigint => {
    const quotient = numerator / denominator;
    return quotient * denominator > numerator ? quotient - 1n : quotient;
  };
  return x.map((sample) => {
    const value = Number(floor((n * sample - sum) * factor + 2n ** (46n - exponent), 2n ** (47n - exponent))) + 128;
    return Math.min(Math.max(value, 0), 255);
  });
}

const preparations = fc.record({
  kind: fc.constant('standardize' as const),
  samples: fc.constantFrom('linear' as const, 'muLaw' as const),
  steps: fc.oneof(fc.constantFrom(1, STEPS_UNIT, MAX_STEPS), fc.integer({ min: 1, max: MAX_STEPS })),
});

describe('a prepared example', () => {
  it('is what the formula says, for every example of three samples from a few', () => {
    const bytes = [0, 1, 2, 127, 128, 129, 254, 255];
    for (const samples of ['linear', 'muLaw'] as const) {
      for (const steps of [1, 1000, STEPS_UNIT, 17 * STEPS_UNIT, MAX_STEPS]) {
        for (let index = 0; index < bytes.length ** 3; index++) {
          const example = Uint8Array.of(bytes[index & 7], bytes[(index >> 3) & 7], bytes[index >> 6]);
          const preparation: Preparation = { kind: 'standardize', samples, steps };
          expect([...prepared(preparation, example)]).toEqual(byDefinition(preparation, example));
        }
      }
    }
  });

  it('is what the formula says, at any length', () => {
    fc.assert(
      fc.property(preparations, fc.uint8Array({ minLength: 1, maxLength: 300 }), (preparation, example) => {
        expect([...prepared(preparation, example)]).toEqual(byDefinition(preparation, example));
      }),
      { numRuns: 500 },
    );
  });

  it('is the standardized one in real numbers, rounded', () => {
    fc.assert(
      fc.property(preparations, fc.uint8Array({ minLength: 2, maxLength: 300 }), (preparation, example) => {
        const samples = [...example].map((byte) => (preparation.samples === 'muLaw' ? decodeMuLaw(byte) : byte));
        const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
        const deviation = Math.sqrt(samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / samples.length);
        fc.pre(deviation > 0);
        const values = prepared(preparation, example);
        samples.forEach((sample, index) => {
          const exact = ((sample - mean) / deviation) * (preparation.steps / STEPS_UNIT) + 128;
          // Half a step of rounding, and what the factor loses.
          expect(Math.abs(values[index] - Math.min(Math.max(exact, 0), 255))).toBeLessThanOrEqual(0.51);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('is the middle of the range where all samples are alike, whatever their number', () => {
    for (const length of [1, 31, 32, 33, 63, 64, 65]) {
      const preparation: Preparation = { kind: 'standardize', samples: 'linear', steps: STEPS_UNIT };
      for (const byte of [0, 7, 255]) {
        expect(prepared(preparation, new Uint8Array(length).fill(byte))).toEqual(new Uint8Array(length).fill(128));
      }
    }
  });

  it('stays within 64 bits at the largest there is: as many values as may be, of the loudest samples', () => {
    const example = new Uint8Array(MAX_PREPARED_VALUES).map((_, index) => (index % 2 === 0 ? 0 : 128));
    example[0] = 128;
    const preparation: Preparation = { kind: 'standardize', samples: 'muLaw', steps: MAX_STEPS };
    expect([...prepared(preparation, example)]).toEqual(byDefinition(preparation, example));
    const spike = new Uint8Array(MAX_PREPARED_VALUES).fill(255);
    spike[5] = 0;
    expect([...prepared(preparation, spike)]).toEqual(byDefinition(preparation, spike));
    const samples = [...spike].map((byte) => BigInt(decodeMuLaw(byte)));
    const [sum, squares] = [samples.reduce((a, b) => a + b), samples.reduce((a, b) => a + b * b, 0n)];
    expect(BigInt(spike.length) * squares < 2n ** 64n && sum > -(2n ** 32n)).toBe(true);
  });
});

it.each([
  [{ steps: 0 }, 10, 8],
  [{ steps: 1.5 }, 10, 8],
  [{ steps: MAX_STEPS + 1 }, 10, 8],
  [{ steps: 1 }, MAX_PREPARED_VALUES + 1, 8],
  [{ steps: 1 }, 10, 7],
])('a preparation of %o over %d values of %d bits is refused', (change, count, bits) => {
  expect(() => checkPreparation({ kind: 'standardize', samples: 'linear', ...change }, count, bits)).toThrow(
    expect.objectContaining({ code: 'model.bad-value' }) as Error,
  );
});
