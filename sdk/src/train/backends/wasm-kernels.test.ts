import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type BackendPair, compute, expectSame, openBackendPair, randomValues } from '../testing/compare-backends.js';
import type { TensorBackend } from './tensor-backend.js';

let pair: BackendPair;
beforeAll(async () => {
  pair = await openBackendPair();
});

const size = fc.integer({ min: 1, max: 37 });

test('products with either side transposed are those of the cpu backend, at odd sizes too', async () => {
  const shapes = fc.record({
    batch: fc.integer({ min: 0, max: 3 }),
    rows: size,
    inner: size,
    columns: size,
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ batch, rows, inner, columns, transposeA, transposeB, seed }) => {
      const outer = batch === 0 ? [] : [batch];
      const shapeA = [...outer, ...(transposeA ? [inner, rows] : [rows, inner])];
      const shapeB = [...outer, ...(transposeB ? [columns, inner] : [inner, columns])];
      const count = Math.max(batch, 1);
      const a = randomValues(count * rows * inner, seed);
      const b = randomValues(count * inner * columns, seed + 1);
      const build = ({ tf }: TensorBackend) =>
        tf.matMul(tf.tensor(a, shapeA), tf.tensor(b, shapeB), transposeA, transposeB);
      await expectSame(pair, build, 1e-4);
    }),
    { seed: 3, numRuns: 150 },
  );
});

test('tanh is that of the cpu backend within 3e-7, whatever the shape', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(size, { minLength: 0, maxLength: 3 }), fc.nat(), async (shape, seed) => {
      const count = shape.reduce((product, length) => product * length, 1);
      const x = randomValues(count, seed, 12);
      await expectSame(pair, ({ tf }) => tf.tanh(tf.tensor(x, shape)), 3e-7);
    }),
    { seed: 4, numRuns: 60 },
  );
});

test('tanh of the extremes is its limits, and of zero it is zero', async () => {
  const { tested } = pair;
  const { values } = await compute(tested, () =>
    tested.tf.tanh(tested.tf.tensor1d([-Infinity, -1000, 0, 1000, Infinity])),
  );
  expect([...values]).toEqual([-1, -1, 0, 1, 1]);
});

test('the mended kernels free what they allocate', async () => {
  const { tested } = pair;
  const { tf } = tested;
  tested.activate();
  const x = tf.tensor2d(randomValues(35, 1), [5, 7]);
  const step = () => tf.dispose(tf.tidy(() => tf.tanh(tf.matMul(x, x, true, false))));
  step();
  const heldBefore = tf.engine().backend.numDataIds();
  for (let count = 0; count < 10; count++) step();
  expect(tf.engine().backend.numDataIds()).toBe(heldBefore);
  await x.data();
  x.dispose();
});
