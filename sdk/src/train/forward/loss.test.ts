import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { TensorBackend } from '../backends/tensor-backend.js';
import {
  type BackendPair,
  compute,
  describeBackends,
  openBackendPair,
  randomValues,
} from '../testing/compare-backends.js';
import { softmaxCrossEntropy } from './loss.js';

const shapes = fc.record({
  batch: fc.integer({ min: 1, max: 9 }),
  classes: fc.integer({ min: 2, max: 12 }),
  bound: fc.constantFrom(1, 30, 1000),
  isSoft: fc.boolean(),
  seed: fc.nat(),
});

type Given = typeof shapes extends fc.Arbitrary<infer Value> ? Value : never;

/** Rows that sum to 1: one class each, or a softmax of something. */
function tensorsOf({ tf }: TensorBackend, { batch, classes, bound, isSoft, seed }: Given): [Tensor2D, Tensor2D] {
  const logits = tf.tensor2d(randomValues(batch * classes, seed, bound), [batch, classes]);
  const labels = Int32Array.from({ length: batch }, (_, row) => (seed + row) % classes);
  const other = tf.tensor2d(randomValues(batch * classes, seed + 1), [batch, classes]);
  return [isSoft ? tf.softmax(other) : (tf.cast(tf.oneHot(labels, classes), 'float32') as Tensor2D), logits];
}

describeBackends((name) => {
  let pair: BackendPair;
  beforeAll(async () => {
    pair = await openBackendPair(name);
  });

  test('the loss and its gradient are those of the library on cpu', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (given) => {
        const scale = Math.max(1, given.bound / 10);
        for (const which of ['loss', 'gradient'] as const) {
          const ours = (backend: TensorBackend): Tensor => {
            const [targets, logits] = tensorsOf(backend, given);
            const loss = (x: Tensor): Tensor => softmaxCrossEntropy(backend.tf, targets, x as Tensor2D);
            return which === 'loss' ? loss(logits) : backend.tf.grad(loss)(logits);
          };
          const stock = (backend: TensorBackend): Tensor => {
            const [targets, logits] = tensorsOf(backend, given);
            const loss = (x: Tensor): Tensor => backend.tf.losses.softmaxCrossEntropy<Tensor, Tensor>(targets, x);
            return which === 'loss' ? loss(logits) : backend.tf.grad(loss)(logits);
          };
          const found = await compute(pair.tested, () => ours(pair.tested));
          const expected = await compute(pair.cpu, () => stock(pair.cpu));
          expect(found.shape).toEqual(expected.shape);
          found.values.forEach((value, index) =>
            expect(Math.abs(value - expected.values[index])).toBeLessThan(2e-5 * scale),
          );
        }
      }),
      { seed: 6, numRuns: 60 },
    );
  });
});
