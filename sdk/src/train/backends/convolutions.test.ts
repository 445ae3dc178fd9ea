import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import {
  type BackendPair,
  describeBackends,
  expectSame,
  openBackendPair,
  randomValues,
} from '../testing/compare-backends.js';
import type { TensorBackend } from './tensor-backend.js';

const small = (max: number) => fc.integer({ min: 1, max });

/** Convolutions of every kind: odd sizes, filters that are not square, strides that skip rows, both paddings. */
const shapes = fc
  .record({
    batch: small(3),
    height: small(9),
    width: small(9),
    inChannels: small(5),
    outChannels: small(6),
    filterHeight: small(4),
    filterWidth: small(4),
    strides: fc.tuple(small(3), small(3)),
    pad: fc.constantFrom('same' as const, 'valid' as const),
    seed: fc.nat(),
  })
  .filter(
    ({ pad, height, width, filterHeight, filterWidth }) =>
      pad === 'same' || (height >= filterHeight && width >= filterWidth),
  );

type Shapes = typeof shapes extends fc.Arbitrary<infer Value> ? Value : never;

/** The gradients of sum(conv2d(x, w) * c), c random, by x and by w. */
function gradients({ tf }: TensorBackend, given: Shapes): [Tensor, Tensor] {
  const { batch, height, width, inChannels, outChannels, filterHeight, filterWidth, strides, pad, seed } = given;
  const x = tf.tensor4d(randomValues(batch * height * width * inChannels, seed), [batch, height, width, inChannels]);
  const filterShape: [number, number, number, number] = [filterHeight, filterWidth, inChannels, outChannels];
  const count = filterShape.reduce((product, size) => product * size, 1);
  const filter = tf.tensor4d(randomValues(count, seed + 1), filterShape);
  const run = (...arrays: Tensor[]) => tf.conv2d(arrays[0] as Tensor4D, arrays[1] as Tensor4D, strides, pad);
  const factors = run(x, filter);
  const dy = tf.tensor(randomValues(factors.size, seed + 2), factors.shape);
  const [byInput, byFilter] = tf.grads(run)([x, filter], dy);
  return [byInput, byFilter];
}

describeBackends((name) => {
  let pair: BackendPair;
  beforeAll(async () => {
    pair = await openBackendPair(name);
  });

  test.each([
    ['input', 0],
    ['filter', 1],
  ] as const)(
    'the gradient by the %s is that of the cpu backend, at any shape, stride and padding',
    async (_, which) => {
      await fc.assert(
        fc.asyncProperty(shapes, (given) => expectSame(pair, (backend) => gradients(backend, given)[which], 2e-3)),
        { seed: 5, numRuns: 120 },
      );
    },
  );

  test.each([
    ['rows that are worked through in parts', { height: 3, width: 700, filterHeight: 2, filterWidth: 3 }],
    ['blocks of rows with some left over', { height: 41, width: 17, filterHeight: 3, filterWidth: 2 }],
    ['a long column under a narrow filter', { height: 1100, width: 1, filterHeight: 30, filterWidth: 1 }],
  ])('the gradient by the filter is right for %s', async (_, size) => {
    const given: Shapes = { ...size, batch: 2, inChannels: 3, outChannels: 8, strides: [1, 1], pad: 'same', seed: 7 };
    await expectSame(pair, (backend) => gradients(backend, given)[1], 5e-3);
  });

  test('the convolution of a line has the same gradients, by hand', async () => {
    const { tested } = pair;
    tested.activate();
    const { tf } = tested;
    const [byInput, byFilter] = tf.tidy(() => {
      const x = tf.tensor3d([1, 2, 3, 4, 5], [1, 5, 1]);
      const filter = tf.tensor3d([10, 1], [2, 1, 1]);
      const run = (...arrays: Tensor[]) => tf.conv1d(arrays[0] as Tensor3D, arrays[1] as Tensor3D, 2, 'valid');
      // y = (10 * 1 + 2, 10 * 3 + 4), weighted by (1, 2).
      return tf.grads(run)([x, filter], tf.tensor3d([1, 2], [1, 2, 1]));
    });
    expect([...(await byInput.data())]).toEqual([10, 1, 20, 2, 0]);
    expect([...(await byFilter.data())]).toEqual([1 + 2 * 3, 2 + 2 * 4]);
    tf.dispose([byInput, byFilter]);
  });

  test('the gradients free what they allocate', () => {
    const { tested } = pair;
    tested.activate();
    const { tf } = tested;
    const given = { batch: 2, height: 6, width: 7, inChannels: 3, outChannels: 4, filterHeight: 3, filterWidth: 2 };
    const step = () =>
      tf.dispose(tf.tidy(() => gradients(tested, { ...given, strides: [2, 1], pad: 'same', seed: 1 })));
    step();
    const heldBefore = tf.engine().backend.numDataIds();
    for (let count = 0; count < 10; count++) step();
    expect(tf.engine().backend.numDataIds()).toBe(heldBefore);
  });
});
