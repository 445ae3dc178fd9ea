import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type BackendPair, compute, expectSame, openBackendPair, randomValues } from '../testing/compare-backends.js';
import type { TensorBackend } from './tensor-backend.js';

let pair: BackendPair;
beforeAll(async () => {
  pair = await openBackendPair();
});

const small = (max: number) => fc.integer({ min: 1, max });

/** Pools of every kind: windows that overlap, that touch, that leave gaps, and that the edge cuts. */
const pools = fc
  .record({
    batch: small(3),
    height: small(9),
    width: small(9),
    channels: small(5),
    size: fc.tuple(small(4), small(4)),
    strides: fc.tuple(small(3), small(3)),
    pad: fc.constantFrom('same' as const, 'valid' as const),
    levels: fc.constantFrom(2, 1000),
    seed: fc.nat(),
  })
  .filter(({ pad, height, width, size }) => pad === 'same' || (height >= size[0] && width >= size[1]));

test('the gradient of a max pool is that of the cpu backend, among equals too', async () => {
  await fc.assert(
    fc.asyncProperty(pools, async ({ batch, height, width, channels, size, strides, pad, levels, seed }) => {
      const count = batch * height * width * channels;
      const values = randomValues(count, seed).map((value) => Math.round(value * levels));
      const build = ({ tf }: TensorBackend) => {
        const pool = (x: Tensor) => tf.maxPool(x as Tensor4D, size, strides, pad);
        const x = tf.tensor4d(values, [batch, height, width, channels]);
        const pooled = pool(x);
        return tf.grad(pool)(x, tf.tensor(randomValues(pooled.size, seed + 1), pooled.shape));
      };
      await expectSame(pair, build, 1e-5);
    }),
    { seed: 6, numRuns: 150 },
  );
});

test('of equal values in a window the first gets the gradient', async () => {
  const { tested } = pair;
  const { tf } = tested;
  const pool = (x: Tensor) => tf.maxPool(x as Tensor4D, [1, 3], [1, 3], 'valid');
  const { values } = await compute(tested, () => {
    const x = tf.tensor4d([1, 2, 2, 5, 5, 5], [1, 1, 6, 1]);
    return tf.grad(pool)(x, tf.tensor4d([10, 20], [1, 1, 2, 1]));
  });
  expect([...values]).toEqual([0, 10, 0, 20, 0, 0]);
});
