import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type BackendPair, expectSame, openBackendPair, randomValues } from '../testing/compare-backends.js';

let pair: BackendPair;
beforeAll(async () => {
  pair = await openBackendPair();
});

test('looking up a line gives what the cpu backend gives, whatever the shape of the indices', async () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 0, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 300 }), lengths, fc.nat(), async (entries, shape, seed) => {
      const count = shape.reduce((product, length) => product * length, 1);
      const places = Int32Array.from(randomValues(count, seed + 1), (value) => ((value + 2) / 4) * entries);
      const table = randomValues(entries, seed);
      await expectSame(pair, ({ tf }) => tf.gather(tf.tensor1d(table), tf.tensor(places, shape, 'int32')), 1e-9);
    }),
    { seed: 8, numRuns: 60 },
  );
});

test('rows of a table are gathered by the stock kernel', async () => {
  const rows = randomValues(12, 1);
  await expectSame(pair, ({ tf }) => tf.gather(tf.tensor2d(rows, [4, 3]), tf.tensor1d([3, 0, 3], 'int32')), 1e-9);
});

test('an index outside of the table is refused and nothing is left behind', () => {
  const { tested } = pair;
  tested.activate();
  const { tf } = tested;
  const heldBefore = tf.engine().backend.numDataIds();
  for (const place of [-1, 2]) {
    const lookUp = () => tf.tidy(() => tf.gather(tf.tensor1d([5, 6]), tf.tensor1d([place], 'int32')));
    expect(lookUp).toThrow(`There is no entry ${place} in a table of 2.`);
  }
  expect(tf.engine().backend.numDataIds()).toBe(heldBefore);
});

test('a clone outlives its original, and both are freed', async () => {
  const { tested } = pair;
  tested.activate();
  const { tf } = tested;
  const heldBefore = tf.engine().backend.numDataIds();
  const original = tf.tensor1d([1, 2, 3]);
  const clone = original.clone();
  original.dispose();
  expect([...(await clone.data())]).toEqual([1, 2, 3]);
  clone.dispose();
  expect(tf.engine().backend.numDataIds()).toBe(heldBefore);
});
