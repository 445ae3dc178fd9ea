/**
 * One side of one case, in a process of its own: the kernels of TensorFlow.js are the process's, and ours replace some.
 *
 *     train-side.ts ours|peer CASE
 *
 * Says `{ ready }` or `{ unavailable }` to its parent, then for every message trains the case's batches once more and
 * answers how fast.
 */
import { Random } from '../src/random.js';
import { defaultAdam } from '../src/train/learning/adam.js';
import { openTensorBackend, type TensorBackend } from '../src/train/backends/tensor-backend.js';
import type { BackendName } from '../src/train/backends/names.js';
import type { Examples } from '../src/train/datasets/dataset.js';
import { trainEpoch } from '../src/train/learning/epoch.js';
import { openGradientPool } from '../src/train/learning/gradient-pool.js';
import { resolveLayers } from '../src/train/network/network.js';
import { initialState } from '../src/train/learning/training-state.js';
import { stockModel, type Tensorflow } from './stock-network.js';
import { type ModelFit, type TrainCase, trainCases } from './train-cases.js';

export type SideMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unavailable'; readonly why: string }
  | { readonly kind: 'round'; readonly samplesPerSecond: number; readonly samplesPerCpuSecond: number };

type Round = () => Promise<void>;

function randomExamples({ network, batchSize, batches }: TrainCase): Examples {
  const random = Random.fromSeed(1, 'benchmark');
  const count = batchSize * batches;
  const layers = resolveLayers(network);
  const classes = layers[layers.length - 1].outputs;
  const values = Uint8Array.from({ length: count * network.inputs }, () => random.below(256));
  const labels = Uint8Array.from({ length: count }, () => random.below(classes));
  return { count, shape: [network.inputs], values, labels, classes };
}

async function ours(given: TrainCase, shards: number): Promise<Round> {
  const backend = await openOrRefuse(given.backend);
  const layers = resolveLayers(given.network);
  const setting = { kWeight: 3, kActivation: 3, learningRate: 1e-3, resetsOptimizer: false };
  const state = initialState(layers, 1, { action: 'train', setting, memory: null });
  const { network } = given;
  const pool = await openGradientPool({ backend, network, threads: shards });
  const context = {
    shards,
    pool,
    backend,
    layers,
    examples: randomExamples(given),
    epochs: 1,
    batchSize: given.batchSize,
    adam: defaultAdam,
    lastGood: { epoch: 0, checkpointFile: undefined },
    clock: () => performance.now(),
    yieldToEventLoop: () => Promise.resolve(),
    throwIfCancelled: () => undefined,
    onProgress: () => undefined,
  };
  return async () => {
    await trainEpoch(context, { epoch: 1, ...setting }, state);
  };
}

async function stock(given: TrainCase, peer: ModelFit): Promise<Round> {
  const tf = await peerTensorflow(peer);
  const layers = resolveLayers(given.network);
  const model = stockModel(tf, layers);
  const { values, labels, count, classes } = randomExamples(given);
  const inputs = tf.tensor(
    Float32Array.from(values, (value) => value / 255),
    [count, ...layers[0].inputShape],
  );
  const targets = tf.oneHot(tf.tensor1d(labels, 'int32'), classes);
  const settings = { batchSize: given.batchSize, epochs: 1, verbose: 0 } as const;
  return async () => {
    await model.fit(inputs, targets, settings);
  };
}

/** Ours come with the backend; the stock ones of `node` and `webgpu` are not replaced. */
async function peerTensorflow({ backend: name, kernels }: ModelFit): Promise<Tensorflow> {
  const isOurs = kernels === 'ours' || name === 'node' || name === 'webgpu';
  if (isOurs) await openOrRefuse(name);
  else if (name === 'wasm') await import('@tensorflow/tfjs-backend-wasm');
  // The whole library, layers included, on the core that a backend of ours has loaded.
  const { default: loaded } = (await import('@tensorflow/tfjs')) as unknown as { readonly default: Tensorflow };
  if (isOurs) return loaded;
  loaded.enableProdMode();
  if (!(await loaded.setBackend(name))) throw new Error(`TensorFlow.js could not start '${name}'.`);
  return loaded;
}

/** A software adapter would take hours. */
async function openOrRefuse(name: BackendName): Promise<TensorBackend> {
  const backend = await openTensorBackend({ name });
  if (backend.report.detail.includes('SOFTWARE')) throw new Error(backend.report.detail);
  return backend;
}

async function main([side, id]: readonly string[]): Promise<void> {
  const send = (message: SideMessage) => process.send?.(message);
  const given = trainCases.find((one) => one.id === id);
  if (given === undefined) throw new Error(`There is no case ${id}.`);
  let round: Round;
  try {
    const { peer, shards = 1 } = given;
    if (side === 'ours') round = await ours(given, shards);
    else if (typeof peer === 'object') round = await stock(given, peer);
    else round = await ours(given, 1);
  } catch (error) {
    send({ kind: 'unavailable', why: error instanceof Error ? error.message : String(error) });
    return;
  }
  await round();
  process.on('message', () => {
    const startMs = performance.now();
    const startCpu = process.cpuUsage();
    void round().then(() => {
      const samples = given.batchSize * given.batches;
      const { user, system } = process.cpuUsage(startCpu);
      send({
        kind: 'round',
        samplesPerSecond: (samples * 1000) / (performance.now() - startMs),
        samplesPerCpuSecond: (samples * 1e6) / (user + system),
      });
    });
  });
  send({ kind: 'ready' });
}

if (process.send !== undefined) await main(process.argv.slice(2));
