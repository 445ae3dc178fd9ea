import type { Tensor } from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { Random } from '../random.js';
import type { Backend } from './backend.js';
import { openBackend } from './backend.js';

let wasm: Backend;
let cpu: Backend;
beforeAll(async () => {
  cpu = await openBackend({ name: 'cpu' });
  wasm = await openBackend({ name: 'wasm' });
});

function randomValues(count: number, seed: number, bound = 2): Float32Array {
  const random = Random.fromSeed(seed);
  return Float32Array.from({ length: count }, () => random.uniform(-bound, bound));
}

async function compute(backend: Backend, build: () => Tensor): Promise<{ shape: number[]; values: Float32Array }> {
  backend.activate();
  const before = backend.tf.memory().numTensors;
  const result = backend.tf.tidy(build);
  const { shape } = result;
  const values = (await result.data()) as Float32Array;
  result.dispose();
  expect(backend.tf.memory().numTensors).toBe(before);
  return { shape, values };
}

async function expectSame(build: (backend: Backend) => Tensor, tolerance: number): Promise<void> {
  const expected = await compute(cpu, () => build(cpu));
  const found = await compute(wasm, () => build(wasm));
  expect(found.shape).toEqual(expected.shape);
  found.values.forEach((value, index) => expect(Math.abs(value - expected.values[index])).toBeLessThan(tolerance));
}

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
      const build = ({ tf }: Backend) => tf.matMul(tf.tensor(a, shapeA), tf.tensor(b, shapeB), transposeA, transposeB);
      await expectSame(build, 1e-4);
    }),
    { seed: 3, numRuns: 150 },
  );
});

test('tanh is that of the cpu backend within 3e-7, whatever the shape', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(size, { minLength: 0, maxLength: 3 }), fc.nat(), async (shape, seed) => {
      const count = shape.reduce((product, length) => product * length, 1);
      const x = randomValues(count, seed, 12);
      await expectSame(({ tf }) => tf.tanh(tf.tensor(x, shape)), 3e-7);
    }),
    { seed: 4, numRuns: 60 },
  );
});

test('tanh of the extremes is its limits, and of zero it is zero', async () => {
  const { values } = await compute(wasm, () => wasm.tf.tanh(wasm.tf.tensor1d([-Infinity, -1000, 0, 1000, Infinity])));
  expect([...values]).toEqual([-1, -1, 0, 1, 1]);
});

test('the mended kernels free what they allocate', async () => {
  const { tf } = wasm;
  wasm.activate();
  const x = tf.tensor2d(randomValues(35, 1), [5, 7]);
  const step = () => tf.dispose(tf.tidy(() => tf.tanh(tf.matMul(x, x, true, false))));
  step();
  const heldBefore = tf.engine().backend.numDataIds();
  for (let count = 0; count < 10; count++) step();
  expect(tf.engine().backend.numDataIds()).toBe(heldBefore);
  await x.data();
  x.dispose();
});
