/** What one thread of a crew does: waits for shares of inputs and runs them on its own engine. */
import { parentPort, workerData } from 'node:worker_threads';
import { CompiledEngine } from '../engines/compiled.js';
import { BLOCK_INPUTS, LaneSlicer } from '../engines/lane-slicer.js';
import { runInferences, type InputSource } from '../engines/run.js';
import { AdiabitError, DataError } from '../errors.js';
import type { Machine } from '../fabric/machine.js';

export interface ThreadStart {
  readonly circuit: Machine;
  /** Where inputs come in: a ring of so many blocks, in the memory of a slicer. */
  readonly memory: WebAssembly.Memory;
  readonly blocks: number;
}

/** Inputs `from` up to `to` of all that threads share. */
export interface ThreadRequest {
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

const { circuit, memory, blocks } = workerData as ThreadStart;
const engine = new CompiledEngine(circuit.netlist);
const slicer = new LaneSlicer(circuit.shape, engine.wordsPerNet, { blocks, memory, isShared: true });
const reply = (message: ThreadReply): void => parentPort?.postMessage(message);

/** Inputs as they are filled in; waiting for them holds this thread up and no other. */
const sourceOf = ({ filled, thread, from, to }: ThreadRequest): InputSource => ({
  count: to - from,
  take: (first, end) => {
    for (let there = 0; there < end; there = Atomics.load(filled, thread)) Atomics.wait(filled, thread, there);
    let seen = 0;
    for (let input = first; input < end; input += BLOCK_INPUTS) {
      seen |= slicer.slice((input / BLOCK_INPUTS) % blocks, (input - first) / BLOCK_INPUTS);
    }
    // Which input it is finds the thread that has them all.
    if (seen >>> circuit.shape.inputBits !== 0) throw new DataError('bad-value', 'A value has too many bits.', {});
    reply({ kind: 'taken', taken: end });
    return slicer.planes;
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
