import { AdiabitError, CancelledError, DataError } from '../errors.js';
import { LaneSlicer } from '../engines/lane-slicer.js';
import { checkLengths, checkValues, type InferenceRun, type RunOptions } from '../engines/run.js';
import type { Machine } from '../circuit/circuit.js';
import { openPool, type WorkerPool } from './pool.js';
import type { SimulationProtocol } from './simulation-worker.js';
import { LANES, WaitingLine, type Supply } from './waiting-line.js';
import { workerFile } from './worker-file.js';
import { threadsWorth } from './worth.js';

/** Threads that hold the same circuit each and share the inputs of a run. */
export interface SimulationPool {
  /** The number of threads, which may be lower than asked for. */
  readonly threads: number;
  /**
   * Runs inferences as `runInferences` does. Runs are done one after the other. Outputs and classes are in shared
   * memory; `cycles` is the sum over all threads. Aborting closes the pool.
   */
  run(inputs: readonly Uint8Array[], options?: RunOptions): Promise<InferenceRun>;
  close(): Promise<void>;
}

export interface SimulationPoolOptions {
  /** The largest number of inputs in a run. If absent, as many as threads can share. */
  readonly inputs?: number;
  /** The number of cores to use. If absent, those that this process may use. */
  readonly cores?: number;
}

/**
 * Memory for inputs that wait for a thread, in groups. Many groups, because each note interrupts both threads; fewer if
 * the inputs are large.
 */
const WAITING_BYTES = 1 << 21;
const waitingGroups = (groupBytes: number): number =>
  2 * Math.min(8, Math.max(1, Math.floor(WAITING_BYTES / (2 * groupBytes))));

/**
 * Starts threads, each with its own compiled engine; resolves when all are ready.
 * @param wanted largest number of threads; there are never more than cores, or than full passes of inputs
 * @throws DataError `data.bad-value` if the number of threads is not 1 or more
 */
export async function openSimulationPool(
  circuit: Machine,
  wanted: number,
  { inputs = Infinity, cores }: SimulationPoolOptions = {},
): Promise<SimulationPool> {
  if (!Number.isInteger(wanted) || wanted < 1) {
    throw new DataError('bad-value', `There have to be 1 or more threads, not ${wanted}.`, { threads: wanted });
  }
  const threads = threadsWorth({ wanted, pieces: Math.ceil(inputs / LANES), cores });
  const slicer = new LaneSlicer(circuit.shape, LANES / 32);
  const groupBytes = slicer.planes.reduce((sum, plane) => sum + plane.byteLength, 0);
  const groups = waitingGroups(groupBytes);
  const rings = Array.from({ length: threads }, () => new Uint32Array(new SharedArrayBuffer(groups * groupBytes)));
  const pool = await openPool<SimulationProtocol>({
    file: workerFile(import.meta.url, 'simulation-worker.js'),
    starts: rings.map((waiting) => ({ circuit, waiting, groups })),
  });
  let last: Promise<unknown> = Promise.resolve();
  const run = (given: readonly Uint8Array[], options: RunOptions = {}): Promise<InferenceRun> => {
    // Runs are done one after the other, because they share engines and the memory for inputs.
    const result = last.then(() => share(circuit, pool, { slicer, rings, groups }, given, options));
    last = result.catch(() => undefined);
    return result;
  };
  return { threads, run, close: () => pool.close() };
}

async function share(
  { shape }: Machine,
  pool: WorkerPool<SimulationProtocol>,
  supply: Supply,
  inputs: readonly Uint8Array[],
  { onProgress, signal }: RunOptions,
): Promise<InferenceRun> {
  const { outputCount } = shape;
  checkLengths(shape, inputs);
  const outputs = new Int32Array(new SharedArrayBuffer(4 * inputs.length * outputCount));
  const classes = new Uint16Array(new SharedArrayBuffer(2 * inputs.length));
  const filled = new Int32Array(new SharedArrayBuffer(4 * pool.size));
  const edges = edgesOf(inputs.length, pool.size);
  const done = Array.from({ length: pool.size }, () => 0);
  const shares = done.map(async (_, worker) => {
    const [from, to] = [edges[worker], edges[worker + 1]];
    const line = new WaitingLine(supply, filled, worker, inputs.slice(from, to), shape.inputBits);
    const progress = (count: number): void => {
      done[worker] = count;
      onProgress?.(
        done.reduce((sum, one) => sum + one, 0),
        inputs.length,
      );
    };
    const own = {
      outputs: outputs.subarray(from * outputCount, to * outputCount),
      classes: classes.subarray(from, to),
    };
    const reply = pool.ask(
      worker,
      { filled, worker, count: to - from, ...own },
      { signal, onNote: (note) => (note.kind === 'taken' ? line.fill(note.taken) : progress(note.done)) },
    );
    line.fill(0);
    const cycles = await reply;
    progress(to - from);
    return cycles;
  });
  try {
    const cycles = await Promise.all(shares);
    return { count: inputs.length, outputCount, outputs, classes, cycles: cycles.reduce((sum, one) => sum + one, 0) };
  } catch (error) {
    await Promise.allSettled(shares);
    if (signal?.aborted === true) throw new CancelledError('Simulation cancelled.');
    // If several shares have a wrong input, the first one in the list is reported.
    if (error instanceof AdiabitError && error.code === 'data.bad-value') checkValues(shape, inputs);
    throw error;
  }
}

/**
 * Divides the inputs among the workers: gives the start of each share, and the end of the last. Shares are full passes,
 * as even as possible.
 */
function edgesOf(inputs: number, workers: number): readonly number[] {
  const groups = Math.ceil(inputs / LANES);
  return Array.from({ length: workers + 1 }, (_, edge) =>
    Math.min(inputs, LANES * Math.floor((groups * edge) / workers)),
  );
}
