import type { BackendName } from '../src/train/backends/names.js';
import type { NetworkSpec } from '../src/train/network.js';
import { dogCatNetwork, resNet20Network, speechNetwork, vggSmallNetwork } from '../src/train/picture-networks.js';
import { mnistNetwork } from '../src/train/recipes.js';

/** One network trained on one backend, beside the same network in plain TensorFlow.js. */
export interface TrainCase {
  readonly id: string;
  readonly backend: BackendName;
  /** The stock wasm backend has no gradient by the filter: who trains convolutions with it is left with `cpu`. */
  readonly stockBackend: BackendName;
  readonly network: NetworkSpec;
  readonly batchSize: number;
  /** Batches of one measurement. */
  readonly batches: number;
  readonly isQuick: boolean;
}

function dense(batchSize: number, batches: number, backend: BackendName): TrainCase {
  const id = `train.mnist.b${batchSize}.${backend}`;
  const isQuick = backend === 'wasm';
  return { id, backend, stockBackend: backend, network: mnistNetwork('both'), batchSize, batches, isQuick };
}

/** Batches of two, and the networks for CIFAR-10 narrowed eight and two times, for the sake of the stock side. */
function convolutional(name: string, network: NetworkSpec, backend: BackendName): TrainCase {
  const stockBackend = backend === 'wasm' ? 'cpu' : backend;
  const id = `train.${name}.b2.${backend}`;
  return { id, backend, stockBackend, network, batchSize: 2, batches: 1, isQuick: name === 'dog-cat' };
}

/** The backend `node` is for those who have its package. */
export const trainCases: readonly TrainCase[] = [
  dense(32, 40, 'wasm'),
  dense(128, 12, 'wasm'),
  dense(512, 4, 'wasm'),
  convolutional('dog-cat', dogCatNetwork('both'), 'wasm'),
  convolutional('speech', speechNetwork('both'), 'wasm'),
  convolutional('vgg-small-w16', vggSmallNetwork('both', 16), 'wasm'),
  convolutional('resnet20-w8', resNet20Network('both', 8), 'wasm'),
  dense(32, 4, 'cpu'),
  dense(32, 40, 'node'),
  dense(128, 12, 'node'),
  dense(512, 4, 'node'),
  convolutional('dog-cat', dogCatNetwork('both'), 'node'),
  convolutional('speech', speechNetwork('both'), 'node'),
];
