import type { BackendName } from '../src/train/backends/names.js';
import type { NetworkSpec } from '../src/train/network/network.js';
import {
  dogCatNetwork,
  resNet20Network,
  speechNetwork,
  vggSmallNetwork,
} from '../src/train/recipes/picture-networks.js';
import { mnistNetwork, recipes } from '../src/train/recipes/recipes.js';

/** One network trained on one backend, beside the same network, real-valued, by `model.fit`, or by one thread. */
export interface TrainCase {
  readonly id: string;
  readonly backend: BackendName;
  readonly peer: Peer;
  readonly network: NetworkSpec;
  readonly batchSize: number;
  /** Batches of one measurement. */
  readonly batches: number;
  /** Shards of a batch, with a thread each; absent: the whole batch at once. */
  readonly shards?: number;
  readonly isQuick: boolean;
}

/** What `model.fit` runs on, our own training of whole batches in one thread, or PyTorch where Python has one. */
export type Peer = ModelFit | 'one thread' | 'pytorch';

export interface ModelFit {
  readonly backend: BackendName;
  /** Whether it has our kernels, or only what TensorFlow.js brings. */
  readonly kernels: 'stock' | 'ours';
}

export function describePeer(peer: Peer): string {
  if (peer === 'one thread') return 'the same training of whole batches in one thread';
  if (peer === 'pytorch') return 'pytorch, real-valued, one thread';
  return `model.fit, real-valued, on ${peer.backend} with ${peer.kernels === 'stock' ? 'stock kernels' : 'our kernels'}`;
}

function dense(batchSize: number, batches: number, backend: BackendName): TrainCase {
  const id = `train.mnist.b${batchSize}.${backend}`;
  const isQuick = backend === 'wasm';
  const peer = { backend, kernels: 'stock' } as const;
  return { id, backend, peer, network: mnistNetwork('both'), batchSize, batches, isQuick };
}

/**
 * What a user has without this project: the stock wasm backend has no gradient by the filter, so convolutions are left with
 * `cpu`. Batches of two, and the networks for CIFAR-10 narrowed eight and two times, for the sake of that side.
 */
function besideStock(name: string, network: NetworkSpec): TrainCase {
  const peer = { backend: 'cpu', kernels: 'stock' } as const;
  return {
    id: `train.${name}.b2.wasm`,
    backend: 'wasm',
    peer,
    network,
    batchSize: 2,
    batches: 1,
    isQuick: name === 'dog-cat',
  };
}

/** What the method itself costs: `model.fit` gets our kernels, too, at the network's full width. */
function besideMended(name: string, network: NetworkSpec, batchSize: number): TrainCase {
  const peer = { backend: 'wasm', kernels: 'ours' } as const;
  return {
    id: `train.${name}.b${batchSize}.wasm`,
    backend: 'wasm',
    peer,
    network,
    batchSize,
    batches: 1,
    isQuick: name === 'dog-cat' || name === 'speech',
  };
}

function onOther(name: string, network: NetworkSpec, batchSize: number, backend: BackendName): TrainCase {
  const peer = { backend, kernels: 'stock' } as const;
  const id = `train.${name}.b${batchSize}.${backend}`;
  return { id, backend, peer, network, batchSize, batches: 1, isQuick: false };
}

/** What a second core is worth: the batch in two shards with a thread, or on `node` a process, each. */
function inTwoShards(
  name: string,
  network: NetworkSpec,
  batchSize: number,
  backend: 'wasm' | 'node' = 'wasm',
): TrainCase {
  return {
    id: `train.${name}.b${batchSize}.${backend}.threads2`,
    backend,
    peer: 'one thread',
    network,
    batchSize,
    batches: 4,
    shards: 2,
    isQuick: name === 'dog-cat',
  };
}

/** By processor time: TensorFlow and PyTorch with a thread each, `model.fit` with TensorFlow's. */
function onNode(name: string, network: NetworkSpec, batchSize: number, batches = 1): readonly TrainCase[] {
  const id = `train.${name}.b${batchSize}.node`;
  const common = { backend: 'node', network, batchSize, batches, isQuick: name === 'mnist' } as const;
  return [
    { ...common, id, peer: { backend: 'node', kernels: 'stock' } },
    { ...common, id: `${id}.pytorch`, peer: 'pytorch' },
  ];
}

/** Of the recipes' batches, those of VGG-Small and ResNet-20 (125) are reduced to what a round on one core allows. */
const convolutional: readonly (readonly [name: string, network: NetworkSpec, batchSize: number])[] = [
  ['dog-cat', dogCatNetwork('both'), 50],
  ['speech', speechNetwork('both'), 32],
  ['vgg-small', vggSmallNetwork('both'), 4],
  ['resnet20', resNet20Network('both'), 16],
];

const mnistLfcNetwork = recipes.find(({ name }) => name === 'mnist-lfc')!.network;

/** The backends `node` and `webgpu` are for those who have their packages, the latter on a graphics processor. */
export const trainCases: readonly TrainCase[] = [
  dense(32, 40, 'wasm'),
  dense(128, 12, 'wasm'),
  dense(512, 4, 'wasm'),
  ...convolutional.map(([name, network, batchSize]) => besideMended(name, network, batchSize)),
  inTwoShards('dog-cat', dogCatNetwork('both'), 50),
  inTwoShards('speech', speechNetwork('both'), 32),
  inTwoShards('resnet20', resNet20Network('both'), 16),
  inTwoShards('mnist-lfc', mnistLfcNetwork, 128),
  besideStock('dog-cat', dogCatNetwork('both')),
  besideStock('speech', speechNetwork('both')),
  besideStock('vgg-small-w16', vggSmallNetwork('both', 16)),
  besideStock('resnet20-w8', resNet20Network('both', 8)),
  dense(32, 4, 'cpu'),
  ...[32, 128, 512].flatMap((batchSize) => onNode('mnist', mnistNetwork('both'), batchSize, 12_800 / batchSize)),
  ...onNode('mnist-lfc', mnistLfcNetwork, 128, 8),
  ...onNode('dog-cat', dogCatNetwork('both'), 50, 4),
  ...onNode('speech', speechNetwork('both'), 32, 4),
  ...onNode('resnet20', resNet20Network('both'), 125, 4),
  ...onNode('resnet20-plain', resNet20Network('both', 16, 0), 125, 4),
  ...onNode('vgg-small', vggSmallNetwork('both'), 50, 2),
  inTwoShards('resnet20', resNet20Network('both', 16, 0), 128, 'node'),
  ...[32, 128, 512].map((batchSize) => dense(batchSize, 1280 / batchSize, 'webgpu')),
  ...convolutional.map(([name, network]) => onOther(name, network, 125, 'webgpu')),
];
