import { threadsWorth } from '@adiabit/simulator/threads';
import { Worker } from 'node:worker_threads';
import type { Examples } from '../train/datasets/dataset.js';
import type { PolishNetwork } from './network.js';
import { createMeeting } from './reduce.js';
import { createState, lossSteps, refreshAll, summedLoss } from './state.js';
import { makeVisit, type Visit, type VisitSettings } from './visit.js';
import { nextReply, threadFile } from '../worker-exchange.js';

/** Who makes the visits: this thread, or several that share the images out. The bytes are the same. */
export interface Crew {
  visit(visit: Visit): Promise<{ readonly kept: number; readonly loss: number }>;
  /** Mean cross-entropy over all images, in nats. */
  loss(): Promise<number>;
  /** As it is between two visits. */
  network(): Promise<PolishNetwork>;
  close(): Promise<void>;
}

export interface CrewOptions extends VisitSettings {
  readonly network: PolishNetwork;
  readonly parts: readonly Examples[];
  readonly temperature: number;
  readonly threads: number;
}

/** Images for which another thread is worth starting. */
const imagesPerThread = 10_000;
/** Between two meetings of the threads: a quarter of a millisecond of scanning. */
export const candidatesAtOnce = 32;

/** As many threads as pay or, where a number is wanted, at most that many; see `threadsWorth`. */
export const threadsFor = (images: number, wanted?: number): number =>
  threadsWorth({ wanted, pieces: wanted === undefined ? Math.floor(images / imagesPerThread) : images });

export const openCrew = (options: CrewOptions): Promise<Crew> =>
  options.threads === 1 ? Promise.resolve(alone(options)) : together(options);

function alone({ network, parts, temperature, ...settings }: CrewOptions): Crew {
  const state = createState(network, parts);
  state.temperature = temperature;
  refreshAll(state);
  const mean = (loss: number): number => loss / lossSteps / state.totalImages;
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

/** What a thread starts with. Values lie in shared memory, so that no thread has a copy of them all. */
export interface ThreadStart extends VisitSettings {
  readonly thread: number;
  readonly threads: number;
  readonly meeting: SharedArrayBuffer;
  readonly network: PolishNetwork;
  readonly parts: readonly Examples[];
  readonly totalImages: number;
  readonly temperature: number;
}

export type ThreadRequest =
  { readonly kind: 'visit'; readonly visit: Visit } | { readonly kind: 'loss' } | { readonly kind: 'network' };

export interface ThreadReply {
  readonly kept: number;
  readonly loss: number;
  readonly network?: PolishNetwork;
}

async function together({ network, parts, temperature, threads, seed, margin, scan }: CrewOptions): Promise<Crew> {
  const totalImages = parts.reduce((sum, { count }) => sum + count, 0);
  const meeting = createMeeting(threads);
  const shared = parts.map((part) => ({ ...part, values: inSharedMemory(part.values) }));
  const workers = Array.from({ length: threads }, (_, thread) => {
    const shares = shared.map((part) => shareOf(part, thread, threads));
    const start: ThreadStart = {
      ...{ thread, threads, meeting, network, parts: shares, totalImages, temperature },
      ...{ seed, margin, scan },
    };
    return new Worker(entry, { workerData: start });
  });
  const askOne = (worker: Worker, request: ThreadRequest): Promise<ThreadReply> => {
    const reply = nextReply<ThreadReply>(worker);
    worker.postMessage(request);
    return reply;
  };
  const ask = async (request: ThreadRequest): Promise<readonly ThreadReply[]> =>
    Promise.all(workers.map((worker) => askOne(worker, request)));
  const mean = (replies: readonly ThreadReply[]): number =>
    replies.reduce((sum, { loss }) => sum + loss, 0) / lossSteps / totalImages;
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  try {
    await ask({ kind: 'loss' });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    visit: async (visit) => {
      const replies = await ask({ kind: 'visit', visit });
      return { kept: replies[0].kept, loss: mean(replies) };
    },
    loss: async () => mean(await ask({ kind: 'loss' })),
    network: async () => {
      const { network: now } = await askOne(workers[0], { kind: 'network' });
      return now ?? network;
    },
    close,
  };
}

const entry = threadFile(import.meta.url, 'thread.js');

function inSharedMemory(values: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(values.length));
  shared.set(values);
  return shared;
}

/** The part of the examples that a thread takes. */
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
