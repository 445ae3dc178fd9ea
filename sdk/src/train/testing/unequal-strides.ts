/**
 * Gradients by filters of 1 x 1 with two different strides on the backend `node`, compared with the product that they are. Prints how
 * many; a corrupted heap ends the process.
 */
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { Random } from '../../random.js';
import { openTensorBackend } from '../backends/tensor-backend.js';

const { tf } = await openTensorBackend({ name: 'node' });
/** Without the mend three of these four ended the process, on the machine where they were chosen. */
const randoms = [2, 5, 7, 9].map((seed) => Random.fromSeed(seed));
const seen: number[] = [];
while (seen.length < 960) {
  const random = randoms[Math.floor(seen.length / 240)];
  const below = (limit: number): number => 1 + random.below(limit);
  const [batch, height, width, inChannels, outChannels] = [below(3), below(40), below(60), below(32), below(64)];
  const strides: [number, number] = [below(4), below(4)];
  if (strides[0] === strides[1]) continue;
  const shape: [number, number, number, number] = [batch, seen.length % 3 === 0 ? 1 : height, width, inChannels];
  const error = tf.tidy(() => {
    const x = tf.randomUniform<Rank.R4>(shape, -1, 1, 'float32', seen.length);
    const filter = tf.randomUniform<Rank.R4>([1, 1, inChannels, outChannels], -1, 1, 'float32', seen.length);
    const convolve = (given: Tensor): Tensor =>
      tf.conv2d(x, given as Tensor4D, strides, seen.length % 2 === 0 ? 'same' : 'valid');
    const dy = tf.randomUniform(convolve(filter).shape, -1, 1, 'float32', seen.length + 1);
    const found = tf.reshape(tf.grad(convolve)(filter, dy), [inChannels, outChannels]);
    const rows = tf.reshape(tf.stridedSlice(x, [0, 0, 0, 0], shape, [1, ...strides, 1]), [-1, inChannels]);
    const wanted = tf.matMul(rows, tf.reshape(dy, [-1, outChannels]), true, false);
    return tf.max(tf.abs(tf.sub(found, wanted))).dataSync()[0];
  });
  if (!(error < 1e-3)) throw new Error(`${shape.join()} by ${strides.join()}: off by ${error}`);
  seen.push(error);
}
console.log(`${seen.length} gradients`);
