import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { exchange, threadFile } from '../../worker-exchange.js';
import type { Backend } from '../backends/backend.js';
import type { BackendName } from '../backends/names.js';
import type { Sharpness } from '../forward/forward.js';
import type { Layer } from '../network/layers.js';
import type { NetworkSpec } from '../network/network.js';
import { resolveLayers } from '../network/network.js';
import type { LayerParameters, NetworkParameters } from '../network/parameters.js';
import { computeStep, type Shard, type StepResult } from './step.js';

/** Who computes gradients: this thread, or several that divide the shards of a batch. The bytes are the same. */
export interface GradientCrew {
  /** Loss and gradients of the shards together: the mean over their examples. */
  compute(parameters: NetworkParameters, shards: readonly Shard[], sharpness: Sharpness): Promise<StepResult>;
  close(): Promise<void>;
}

export interface GradientCrewOptions {
  readonly backend: Backend;
  readonly network: NetworkSpec;
  readonly parameters: NetworkParameters;
  readonly threads: number;
}

/** A crew of this thread alone. */
export function aloneAt(backend: Backend, layers: readonly Layer[]): GradientCrew {
  return {
    compute: async (parameters, shards, sharpness) =>
      meanOf(shards, await computeAll(backend, layers, parameters, shards, sharpness)),
    close: () => Promise.resolve(),
  };
}

/** Backends that use one thread, so that others are left. */
const singleThreaded: readonly BackendName[] = ['wasm', 'cpu'];

/** How many threads the shards of a batch are worth, at most as many as are wanted or, by default, as there are cores. */
export const threadsFor = (backend: Backend, shards: number, wanted = availableParallelism()): number =>
  singleThreaded.includes(backend.report.name) ? Math.min(shards, wanted) : 1;

export const openGradientCrew = (options: GradientCrewOptions): Promise<GradientCrew> =>
  options.threads === 1 ? Promise.resolve(aloneAt(options.backend, resolveLayers(options.network))) : together(options);

/** What a thread starts with. The parameters lie in shared memory, where every step finds those of the moment. */
export interface ThreadStart {
  readonly backend: BackendName;
  readonly network: NetworkSpec;
  readonly parameters: NetworkParameters;
}

export interface ThreadRequest {
  readonly shards: readonly Shard[];
  readonly sharpness: Sharpness;
}

/** Results by shard; none says that the thread is ready. */
export type ThreadReply = readonly StepResult[];

/** This thread takes the first shard and every `threads`-th after it, the others the rest likewise. */
async function together({ backend, network, parameters, threads }: GradientCrewOptions): Promise<GradientCrew> {
  const layers = resolveLayers(network);
  const shared = parameters.map(inSharedMemory);
  const start: ThreadStart = { backend: backend.report.name, network, parameters: shared };
  const workers = Array.from({ length: threads - 1 }, () => new Worker(entry, { workerData: start }));
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  const ask = (worker: Worker, request: ThreadRequest) => exchange<ThreadReply>(worker, request);
  try {
    await Promise.all(workers.map((worker) => ask(worker, { shards: [], sharpness: { kWeight: 1, kActivation: 1 } })));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    compute: async (now, shards, sharpness) => {
      copyInto(shared, now);
      const parts = Array.from({ length: threads }, (_, thread) => shards.filter((__, at) => at % threads === thread));
      const busy = workers
        .map((worker, index) => ({ worker, part: parts[index + 1] }))
        .filter(({ part }) => part.length > 0)
        .map(({ worker, part }) => ask(worker, { shards: part.map(ownMemory), sharpness }));
      const mine = computeAll(backend, layers, now, parts[0], sharpness);
      const replies = await Promise.all([mine, ...busy]);
      return meanOf(
        shards,
        shards.map((_, at) => replies[at % threads][Math.floor(at / threads)]),
      );
    },
    close,
  };
}

const entry = threadFile(import.meta.url, 'gradient-thread.js');

/** The results of shards, one after the other. */
export async function computeAll(
  backend: Backend,
  layers: readonly Layer[],
  parameters: NetworkParameters,
  shards: readonly Shard[],
  sharpness: Sharpness,
): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const shard of shards) results.push(await computeStep(backend, layers, parameters, shard, sharpness));
  return results;
}

/** In the order of the shards, so that the sums are the same whoever computed them. */
function meanOf(shards: readonly Shard[], results: readonly StepResult[]): StepResult {
  if (results.length === 1) return results[0];
  const total = shards.reduce((sum, { batch }) => sum + batch.size, 0);
  const parts = shards.map(({ batch }) => batch.size / total);
  const gradients = results[0].gradients.map((first, which) => {
    const mean = new Float32Array(first.length);
    results.forEach((result, shard) => {
      const gradient = result.gradients[which];
      const part = parts[shard];
      for (let index = 0; index < mean.length; index++) mean[index] += part * gradient[index];
    });
    return mean;
  });
  return { loss: results.reduce((sum, { loss }, shard) => sum + parts[shard] * loss, 0), gradients };
}

function inSharedMemory({ kernel, scale, bias }: LayerParameters): LayerParameters {
  const space = (values: Float32Array) => new Float32Array(new SharedArrayBuffer(values.byteLength));
  return { kernel: space(kernel), scale: space(scale), bias: space(bias) };
}

function copyInto(shared: NetworkParameters, now: NetworkParameters): void {
  shared.forEach((layer, index) => {
    for (const name of ['kernel', 'scale', 'bias'] as const) layer[name].set(now[index][name]);
  });
}

/** A message takes along the whole memory that a view is of. */
function ownMemory({ batch, ...drawn }: Shard): Shard {
  return { batch: { ...batch, inputs: batch.inputs.slice(), targets: batch.targets.slice() }, ...drawn };
}
