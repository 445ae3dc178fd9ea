/** What one thread of a crew does: waits for shares of inputs and runs them on its own engine. */
import { parentPort, workerData } from 'node:worker_threads';
import { CompiledEngine } from '../engines/compiled.js';
import { runInferences, type InputSource } from '../engines/run.js';
import type { ErrorCode } from '../error-codes.js';
import { AdiabitError, DataError } from '../errors.js';
import type { Machine } from '../fabric/machine.js';

export interface ThreadStart {
  readonly circuit: Machine;
  /** A ring through which inputs come, turned into lanes: group after group, of each the planes, least significant bit first. */
  readonly waiting: Uint32Array;
  readonly groups: number;
}

/** Inputs `from` up to `to` of all that threads share. */
export interface ThreadRequest {
  /** By thread, how many inputs of its share have been put into its ring; negative when no more will be. */
  readonly filled: Int32Array;
  readonly thread: number;
  /** Of this thread's inputs. */
  readonly outputs: Int32Array;
  readonly classes: Uint16Array;
  readonly from: number;
  readonly to: number;
}

export type ThreadReply =
  | { readonly kind: 'ready' }
  /** So many inputs of the share are no longer needed. */
  | { readonly kind: 'taken'; readonly taken: number }
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'done'; readonly cycles: number }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

const { circuit, waiting, groups } = workerData as ThreadStart;
const engine = new CompiledEngine(circuit.netlist);
const { inputBits } = circuit.shape;
const planeWords = waiting.length / (groups * inputBits);
const planesOfGroups = Array.from({ length: groups }, (_, group) =>
  Array.from({ length: inputBits }, (_unused, bit) => {
    const from = (group * inputBits + bit) * planeWords;
    return waiting.subarray(from, from + planeWords);
  }),
);
/** Inputs after which more are asked for: half of the ring, because every message holds both threads up. */
const REFILL = (groups * engine.lanes) / 2;
/** Time between two messages about progress. */
const PROGRESS_MS = 50;
const reply = (message: ThreadReply): void => parentPort?.postMessage(message);

/** Inputs as they are filled in; waiting for them holds this thread up and no other. */
const sourceOf = ({ filled, thread, outputs, classes, from, to }: ThreadRequest): InputSource => ({
  count: to - from,
  answers: { outputs, classes },
  take: (first, end) => {
    if (first % REFILL === 0 && first > 0) reply({ kind: 'taken', taken: first });
    for (let there = 0; there < end; there = Atomics.load(filled, thread)) {
      if (there < 0) throw new DataError('bad-value', 'A value has too many bits.', {});
      Atomics.wait(filled, thread, there);
    }
    return planesOfGroups[(first / engine.lanes) % groups];
  },
});

async function work(request: ThreadRequest): Promise<void> {
  let reportedAt = performance.now();
  const run = await runInferences(circuit, engine, sourceOf(request), {
    onProgress: (done) => {
      if (performance.now() - reportedAt < PROGRESS_MS) return;
      reportedAt = performance.now();
      reply({ kind: 'progress', done });
    },
  });
  reply({ kind: 'done', cycles: run.cycles });
}

parentPort?.on('message', (request: ThreadRequest) => {
  work(request).catch((error: unknown) => {
    const code = error instanceof AdiabitError ? error.code : 'internal';
    reply({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
  });
});
reply({ kind: 'ready' });
