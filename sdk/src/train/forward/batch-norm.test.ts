import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import {
  type BackendPair,
  compute,
  describeBackends,
  openBackendPair,
  randomValues,
} from '../testing/compare-backends.js';
import { channelMoments, normalizeBatch, normalizeWith } from './batch-norm.js';

describeBackends((name) => {
  let pair: BackendPair;
  beforeAll(async () => {
    pair = await openBackendPair(name);
  });

  test('two values in a channel become -1 and 1, but for the floor, times gamma plus beta', async () => {
    const { tested } = pair;
    const { tf } = tested;
    const build = () =>
      normalizeBatch(tf, tf.tensor2d([3, 10, 5, 10], [2, 2]), tf.tensor1d([2, 1]), tf.tensor1d([7, 4]));
    const { values } = await compute(tested, build);
    const root = 1 / Math.sqrt(1.001);
    [7 - 2 * root, 4, 7 + 2 * root, 4].forEach((value, index) => expect(values[index]).toBeCloseTo(value, 5));
  });

  test.each([0, 1, 2])('its gradient by argument %i is that of the definition, on either backend', async (which) => {
    const shape = [3, 4, 5, 6];
    for (const backend of [pair.tested, pair.cpu]) {
      const { tf } = backend;
      const gradient = (normalize: (x: Tensor, gamma: Tensor, beta: Tensor) => Tensor) => () => {
        const arrays = [randomValues(360, 1), randomValues(6, 2), randomValues(6, 3)];
        const inputs = arrays.map((values, index) => tf.tensor(values, index === 0 ? shape : [6]));
        const run = (...[x, gamma, beta]: Tensor[]) => normalize(x, gamma, beta);
        return tf.grads(run)(inputs, tf.tensor(randomValues(360, 4), shape))[which];
      };
      const found = await compute(
        backend,
        gradient((...given) => normalizeBatch(tf, ...given)),
      );
      const expected = await compute(
        backend,
        gradient((x, gamma, beta) => {
          const { mean, variance } = tf.moments(x, [0, 1, 2]);
          return normalizeWith(tf, x, { mean, variance }, gamma, beta);
        }),
      );
      expect(found.shape).toEqual(expected.shape);
      found.values.forEach((value, index) => expect(value).toBeCloseTo(expected.values[index], 4));
    }
  });

  test('the moments are taken over all but the last axis', () => {
    const { tested } = pair;
    tested.activate();
    const [mean, variance] = tested.tf.tidy(() => {
      const moments = channelMoments(tested.tf, tested.tf.tensor3d([1, 10, 3, 10, 5, 10, 7, 14], [2, 2, 2]));
      return [moments.mean.arraySync(), moments.variance.arraySync()];
    });
    expect(mean).toEqual([4, 11]);
    expect(variance).toEqual([5, 3]);
  });
});
