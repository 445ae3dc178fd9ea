import { openPool, threadsWorth, workerFile } from '@adiabit/simulator/workers';
import type { Examples } from '../train/datasets/dataset.js';
import type { PolishNetwork } from './network.js';
import { createMeeting } from './reduce.js';
import { createState, LOSS_STEPS, refreshAll, summedLoss } from './state.js';
import { makeVisit, type Visit, type VisitSettings } from './visit.js';
import type { VisitProtocol, VisitReply, VisitRequest } from './visit-worker.js';

/** Makes the visits, on this thread or on several that share the images out. The bytes are the same. */
export interface VisitPool {
  visit(visit: Visit): Promise<{ readonly kept: number; readonly loss: number }>;
  /** Returns the mean cross-entropy over all images, in nats. */
  loss(): Promise<number>;
  /** Returns the network as it is between two visits. */
  network(): Promise<PolishNetwork>;
  close(): Promise<void>;
}

export interface VisitPoolOptions extends VisitSettings {
  readonly network: PolishNetwork;
  readonly parts: readonly Examples[];
  readonly temperature: number;
  readonly threads: number;
}

/** Images for which another thread is worth starting. */
const IMAGES_PER_THREAD = 10_000;
/** Returns as many threads as pay or, where a number is wanted, at most that many; see `threadsWorth`. */
export const threadsFor = (images: number, wanted?: number): number =>
  threadsWorth({ wanted, pieces: wanted === undefined ? Math.floor(images / IMAGES_PER_THREAD) : images });

export const openVisitPool = (options: VisitPoolOptions): Promise<VisitPool> =>
  options.threads === 1 ? Promise.resolve(singleThreadPool(options)) : threadedPool(options);

function singleThreadPool({ network, parts, temperature, ...settings }: VisitPoolOptions): VisitPool {
  const state = createState(network, parts);
  state.temperature = temperature;
  refreshAll(state);
  const mean = (loss: number): number => loss / LOSS_STEPS / state.totalImages;
  return {
    visit: (visit) => {
      const { kept, loss } = makeVisit(state, settings, visit);
      return Promise.resolve({ kept, loss: mean(loss) });
    },
    loss: () => Promise.resolve(mean(summedLoss(state))),
    network: () => Promise.resolve(state.network),
    close: () => Promise.resolve(),
  };
}

async function threadedPool({
  network,
  parts,
  temperature,
  threads,
  ...settings
}: VisitPoolOptions): Promise<VisitPool> {
  const totalImages = parts.reduce((sum, { count }) => sum + count, 0);
  const meeting = createMeeting(threads);
  const shared = parts.map((part) => ({ ...part, values: inSharedMemory(part.values) }));
  const pool = await openPool<VisitProtocol>({
    file: workerFile(import.meta.url, 'visit-worker.js'),
    starts: Array.from({ length: threads }, (_, worker) => ({
      worker,
      workers: threads,
      meeting,
      network,
      totalImages,
      temperature,
      ...settings,
      parts: shared.map((part) => shareOf(part, worker, threads)),
    })),
  });
  const ask = (request: VisitRequest): Promise<readonly VisitReply[]> =>
    pool.askAll(Array.from({ length: threads }, () => request));
  const mean = (replies: readonly VisitReply[]): number =>
    replies.reduce((sum, { loss }) => sum + loss, 0) / LOSS_STEPS / totalImages;
  return {
    visit: async (visit) => {
      const replies = await ask({ kind: 'visit', visit });
      return { kept: replies[0].kept, loss: mean(replies) };
    },
    loss: async () => mean(await ask({ kind: 'loss' })),
    network: async () => (await pool.ask(0, { kind: 'network' })).network ?? network,
    close: () => pool.close(),
  };
}

function inSharedMemory(values: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(values.length));
  shared.set(values);
  return shared;
}

/** Returns the part of the examples that a thread takes. */
function shareOf(examples: Examples, thread: number, threads: number): Examples {
  const from = Math.floor((examples.count * thread) / threads);
  const to = Math.floor((examples.count * (thread + 1)) / threads);
  const size = examples.values.length / examples.count;
  return {
    ...examples,
    count: to - from,
    values: examples.values.subarray(from * size, to * size),
    labels: examples.labels.slice(from, to),
  };
}
