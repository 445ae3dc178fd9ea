/** What one thread of a crew does: waits for shares of inputs and runs them on its own engine. */
import { parentPort, workerData } from 'node:worker_threads';
import { CompiledEngine } from '../engines/compiled.js';
import { runInferences } from '../engines/run.js';
import { AdiabitError } from '../errors.js';
import type { Machine } from '../fabric/machine.js';

export interface ThreadStart {
  readonly circuit: Machine;
}

/** Inputs `from` up to `to` of arrays that all threads share. */
export interface ThreadRequest {
  readonly values: Uint8Array;
  readonly outputs: Int32Array;
  readonly classes: Uint16Array;
  readonly from: number;
  readonly to: number;
}

export type ThreadReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'done'; readonly cycles: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

const { circuit } = workerData as ThreadStart;
const { inputCount: width } = circuit.shape;
const engine = new CompiledEngine(circuit.netlist);
const reply = (message: ThreadReply): void => parentPort?.postMessage(message);

async function work({ values, outputs, classes, from, to }: ThreadRequest): Promise<void> {
  const inputs = Array.from({ length: to - from }, (_, index) =>
    values.subarray((from + index) * width, (from + index + 1) * width),
  );
  const run = await runInferences(circuit, engine, inputs, {
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
