import { openPool, threadsWorth, workerFile } from '@adiabit/simulator/workers';
import type { TensorBackend } from '../backends/tensor-backend.js';
import type { BackendName } from '../backends/names.js';
import type { Sharpness } from '../forward/sharpness.js';
import type { Layer } from '../network/layers.js';
import { type NetworkSpec, resolveLayers } from '../network/network.js';
import type { NetworkParameters } from '../network/parameters.js';
import type { GradientProtocol, GradientStart } from './gradient-worker.js';
import { computeAll, type Shard, type StepResult, type Teacher } from './step.js';
import type { TeacherSource } from './teacher.js';

/** Computes gradients, on this thread or on several that divide the shards of a batch. The bytes are the same. */
export interface GradientPool {
  /** Loss and gradients of the shards together: the mean over their examples. */
  compute(parameters: NetworkParameters, shards: readonly Shard[], sharpness: Sharpness): Promise<StepResult>;
  close(): Promise<void>;
}

export interface GradientPoolOptions {
  readonly backend: TensorBackend;
  readonly network: NetworkSpec;
  readonly threads: number;
  /** If absent, what is learnt is the labels. */
  readonly lesson?: TeacherSource | undefined;
}

/** Makes a pool that computes all gradients on this thread. */
export function singleThreadPool(backend: TensorBackend, layers: readonly Layer[], teacher?: Teacher): GradientPool {
  return {
    compute: async (parameters, shards, sharpness) =>
      meanOf(shards, await computeAll(backend, layers, parameters, shards, sharpness, teacher)),
    close: () => Promise.resolve(),
  };
}

/**
 * How a backend is run beside itself: each of them computes in one thread, so that others are left. TensorFlow's
 * binding keeps a set of names for the whole process without a lock, so `node` takes processes. On a device there is
 * nothing to gain.
 */
const WORKER_KIND: Readonly<Record<BackendName, 'threads' | 'processes' | undefined>> = {
  node: 'processes',
  webgpu: undefined,
  wasm: 'threads',
  cpu: 'threads',
};

/** Tells how many threads the shards of a batch are worth on a backend; see `threadsWorth`. */
export const threadsFor = (
  backend: BackendName,
  shards: number,
  { threads, cores }: { readonly threads?: number; readonly cores?: number },
): number => (WORKER_KIND[backend] === undefined ? 1 : threadsWorth({ wanted: threads, pieces: shards, cores }));

export async function openGradientPool(options: GradientPoolOptions): Promise<GradientPool> {
  const { backend, network, threads, lesson } = options;
  const teacher = lesson && (await import('./teacher.js')).openTeacher(backend, network, lesson);
  const layers = resolveLayers(network);
  const as = WORKER_KIND[backend.report.name];
  return threads === 1 || as === undefined
    ? singleThreadPool(backend, layers, teacher)
    : threadedPool(options, as, layers, teacher);
}

/**
 * Makes a pool of several threads. This thread takes the first shard and every `threads`-th after it, the workers of a
 * pool the rest likewise.
 */
async function threadedPool(
  { backend, network, threads, lesson }: GradientPoolOptions,
  as: 'threads' | 'processes',
  layers: readonly Layer[],
  teacher: Teacher | undefined,
): Promise<GradientPool> {
  const start: GradientStart = { backend: backend.report.name, network, lesson };
  const pool = await openPool<GradientProtocol>({
    file: workerFile(import.meta.url, 'gradient-worker.js'),
    starts: Array.from({ length: threads - 1 }, () => start),
    as,
  });
  return {
    compute: async (parameters, shards, sharpness) => {
      const parts = Array.from({ length: threads }, (_, thread) => shards.filter((__, at) => at % threads === thread));
      const busy = await Promise.all(
        parts
          .slice(1)
          .filter((part) => part.length > 0)
          .map((part, worker) => pool.handOver(worker, { parameters, shards: part.map(ownMemory), sharpness })),
      );
      const mine = computeAll(backend, layers, parameters, parts[0], sharpness, teacher);
      const replies = await Promise.all([mine, ...busy.map(({ reply }) => reply)]);
      return meanOf(
        shards,
        shards.map((_, at) => replies[at % threads][Math.floor(at / threads)]),
      );
    },
    close: () => pool.close(),
  };
}

/**
 * Averages the results in the order of the shards, so that the sums do not depend on which thread computed them. The
 * first one's arrays become the mean.
 */
function meanOf(shards: readonly Shard[], results: readonly StepResult[]): StepResult {
  if (results.length === 1) return results[0];
  const total = shards.reduce((sum, { batch }) => sum + batch.size, 0);
  const parts = shards.map(({ batch }) => batch.size / total);
  const gradients = results[0].gradients.map((first, which) => {
    for (let index = 0; index < first.length; index++) first[index] *= parts[0];
    results.slice(1).forEach((result, other) => {
      const gradient = result.gradients[which];
      const part = parts[other + 1];
      for (let index = 0; index < first.length; index++) first[index] += part * gradient[index];
    });
    return first;
  });
  return { loss: results.reduce((sum, { loss }, shard) => sum + parts[shard] * loss, 0), gradients };
}

/** Copies the views of a shard: a message takes along the whole memory that a view is of. */
function ownMemory({ batch, ...drawn }: Shard): Shard {
  return { batch: { ...batch, inputs: batch.inputs.slice(), targets: batch.targets.slice() }, ...drawn };
}
