/**
 * A process that trains the real-valued MNIST network with plain TensorFlow.js: tf.layers, `model.fit`, stock kernels.
 * It is a process of its own because our kernels replace the stock ones for a whole process. Message in: the batch and
 * the samples of one epoch; message out: samples per second.
 */
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';

export interface FitRequest {
  readonly batch: number;
  readonly samples: number;
}

await tf.setBackend('wasm');
const model = tf.sequential({
  layers: [
    tf.layers.dense({ inputShape: [784], units: 128, activation: 'relu' }),
    tf.layers.dropout({ rate: 0.2 }),
    tf.layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: tf.train.adam(1e-3, 0.9, 0.999, 1e-7), loss: 'categoricalCrossentropy' });

async function fit({ batch, samples }: FitRequest): Promise<number> {
  const inputs = tf.randomUniform([samples, 784]);
  const labels = tf.oneHot(tf.randomUniform([samples], 0, 10, 'int32'), 10);
  const startMs = performance.now();
  await model.fit(inputs, labels, { batchSize: batch, epochs: 1 });
  const seconds = (performance.now() - startMs) / 1000;
  tf.dispose([inputs, labels]);
  return samples / seconds;
}

process.on('message', (request: FitRequest) => {
  void fit(request).then((samplesPerSecond) => process.send?.(samplesPerSecond));
});
process.send?.('ready');
