import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { nextReply, threadFile } from '../../worker-exchange.js';
import type { BackendName } from '../backends/names.js';
import type { Sharpness } from '../forward/forward.js';
import type { NetworkSpec } from '../network/network.js';
import type { NetworkParameters } from '../network/parameters.js';
import type { Shard, StepResult } from './step.js';
import type { TeacherSource } from './teacher.js';

/** Another thread or process, which computes gradients one request at a time. */
export interface GradientHelper {
  /** Hands the request over whole, so that it is worked on while this thread is busy. @returns when that is done, with the reply to come */
  compute(request: HelperRequest): Promise<{ readonly results: Promise<readonly StepResult[]> }>;
  close(): Promise<void>;
}

/** What a helper starts with. */
export interface HelperStart {
  readonly backend: BackendName;
  readonly network: NetworkSpec;
  /** If absent, what is learnt is the labels. */
  readonly lesson?: TeacherSource | undefined;
}

export interface HelperRequest {
  readonly parameters: NetworkParameters;
  readonly shards: readonly Shard[];
  readonly sharpness: Sharpness;
}

/** Results by shard, or the message of the error that there was. */
export type HelperReply = { readonly results: readonly StepResult[] } | { readonly failure: string };

type Open = (start: HelperStart) => GradientHelper;

/**
 * How a backend is run beside itself: each of them computes in one thread, so that others are left. TensorFlow's binding keeps
 * a set of names for the whole process without a lock, so `node` takes processes. On a device there is nothing to gain.
 */
const opens: Readonly<Record<BackendName, Open | undefined>> = {
  node: openProcess,
  webgpu: undefined,
  wasm: openThread,
  cpu: openThread,
};

export const canBeHelped = (backend: BackendName): boolean => opens[backend] !== undefined;

/** Helpers that are ready. @throws what kept one of them from starting */
export async function openHelpers(count: number, start: HelperStart): Promise<readonly GradientHelper[]> {
  const open = opens[start.backend];
  const helpers = open === undefined ? [] : Array.from({ length: count }, () => open(start));
  try {
    const nothing: HelperRequest = { parameters: [], shards: [], sharpness: { kWeight: 1, kActivation: 1 } };
    await Promise.all(helpers.map(async (helper) => (await helper.compute(nothing)).results));
    return helpers;
  } catch (error) {
    await Promise.all(helpers.map((helper) => helper.close()));
    throw error;
  }
}

const entry = threadFile(import.meta.url, 'gradient-helper.js');

async function nextResults(helper: Worker | ChildProcess): Promise<readonly StepResult[]> {
  const reply = await nextReply<HelperReply>(helper);
  if ('failure' in reply) throw new Error(reply.failure);
  return reply.results;
}

function openThread(start: HelperStart): GradientHelper {
  const worker = new Worker(entry, { workerData: start });
  return {
    compute: (request) => {
      const results = nextResults(worker);
      worker.postMessage(request);
      return Promise.resolve({ results });
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

function openProcess(start: HelperStart): GradientHelper {
  const child: ChildProcess = fork(fileURLToPath(entry), { serialization: 'advanced', execArgv: [] });
  child.send(start);
  return {
    compute: async (request) => {
      const results = nextResults(child);
      await new Promise<void>((resolve) => child.send(request, () => resolve()));
      return { results };
    },
    close: () => {
      // A helper that was killed has hung up by itself; what is thrown then would hide why.
      if (child.connected) child.disconnect();
      return Promise.resolve();
    },
  };
}
