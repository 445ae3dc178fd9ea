import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openTensorBackend } from './tensor-backend.js';
import { fillMask, hashedMask } from './dropout-mask.js';
import { maskTensor } from './mask-kernel.js';
import { HAS_NODE_BACKEND } from '../testing/compare-backends.js';

test('a mask drops what its rate says, keeps the mean, and is another one for another seed', () => {
  const shape = [20, 50, 20];
  const [mask, other] = [1, 2].map((seed) => fillMask({ shape, rate: 0.25, seed }));
  const dropped = mask.filter((value) => value === 0).length;
  expect(Math.abs(dropped / mask.length - 0.25)).toBeLessThan(0.012);
  expect(new Set(mask)).toEqual(new Set([0, Math.fround(4 / 3)]));
  const both = mask.filter((value, index) => value === 0 && other[index] === 0).length;
  expect(Math.abs(both / mask.length - 0.0625)).toBeLessThan(0.006);
});

test('neighbours, near or eight places apart, are dropped independently', () => {
  const mask = fillMask({ shape: [40_000], rate: 0.5, seed: 3 });
  for (const distance of [1, 2, 3, 4, 5, 6, 7, 8, 16, 4096]) {
    const equal = mask.filter((value, index) => value === mask[index + distance]).length;
    expect(Math.abs(equal / (mask.length - distance) - 0.5)).toBeLessThan(0.013);
  }
});

const sizes = fc.oneof(
  fc.constantFrom(1, 7, 8, 9, 31, 32, 33, 63, 64, 65, 4095, 4096, 4097),
  fc.integer({ min: 0, max: 9000 }),
);

test('the fast mask is the definition, for any size, rate and seed', () => {
  fc.assert(
    fc.property(
      sizes,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      (size, rate, seed) => {
        const mask = { shape: [size], rate, seed };
        expect(Buffer.from(fillMask(mask).buffer).equals(Buffer.from(hashedMask(mask).buffer))).toBe(true);
      },
    ),
  );
});

test.for(['node', 'wasm', 'cpu'] as const)(
  'the kernel of %s makes the mask that the definition has',
  async (name, { skip }) => {
    skip(name === 'node' && !HAS_NODE_BACKEND, '@tensorflow/tfjs-node not installed');
    const backend = await openTensorBackend({ name });
    backend.activate();
    const mask = { shape: [3, 5, 7, 2], rate: 0.1, seed: 12 };
    const tensor = maskTensor(backend.tf, mask);
    expect(tensor.shape).toEqual(mask.shape);
    expect(await tensor.data()).toEqual(hashedMask(mask));
    tensor.dispose();
  },
);
