/** What one thread of a crew does: waits for shares of inputs and runs them on its own engine. */
import { parentPort, workerData } from 'node:worker_threads';
import { CompiledEngine } from '../engines/compiled.js';
import { checkValues, runInferences, type InputSource } from '../engines/run.js';
import { AdiabitError } from '../errors.js';
import type { Machine } from '../fabric/machine.js';

export interface ThreadStart {
  readonly circuit: Machine;
}

/** Inputs `from` up to `to` of all that threads share. */
export interface ThreadRequest {
  /** A ring through which this thread's inputs come, one behind the other. */
  readonly waiting: Uint8Array;
  /** By thread, how many inputs of its share have been put into its ring. */
  readonly filled: Int32Array;
  readonly thread: number;
  readonly outputs: Int32Array;
  readonly classes: Uint16Array;
  readonly from: number;
  readonly to: number;
}

export type ThreadReply =
  | { readonly kind: 'ready' }
  /** So many inputs of the share are out of the ring. */
  | { readonly kind: 'taken'; readonly taken: number }
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'done'; readonly cycles: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

const { circuit } = workerData as ThreadStart;
const { inputCount: width } = circuit.shape;
const engine = new CompiledEngine(circuit.netlist);
const reply = (message: ThreadReply): void => parentPort?.postMessage(message);

/** Inputs as they are filled in; waiting for them holds this thread up and no other. */
const sourceOf = ({ waiting, filled, thread, from, to }: ThreadRequest): InputSource => ({
  count: to - from,
  take: (first, end) => {
    // Those before are turned into lanes by now.
    reply({ kind: 'taken', taken: first });
    for (let there = 0; there < end; there = Atomics.load(filled, thread)) Atomics.wait(filled, thread, there);
    const room = waiting.length / width;
    const inputs = Array.from({ length: end - first }, (_, index) => {
      const at = ((first + index) % room) * width;
      return waiting.subarray(at, at + width);
    });
    checkValues(circuit.shape, inputs, from + first);
    return inputs;
  },
});

async function work(request: ThreadRequest): Promise<void> {
  const { outputs, classes, from } = request;
  const run = await runInferences(circuit, engine, sourceOf(request), {
    onProgress: (done) => {
      reply({ kind: 'progress', done });
    },
  });
  outputs.set(run.outputs, from * run.outputCount);
  classes.set(run.classes, from);
  reply({ kind: 'done', cycles: run.cycles });
}

parentPort?.on('message', (request: ThreadRequest) => {
  work(request).catch((error: unknown) => {
    const code = error instanceof AdiabitError ? error.code : 'internal';
    reply({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
  });
});
reply({ kind: 'ready' });
