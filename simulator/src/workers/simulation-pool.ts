import { AdiabitError, CancelledError, DataError } from '../errors.js';
import { LaneSlicer } from '../engines/lane-slicer.js';
import { checkLengths, checkValues, type InferenceRun, type RunOptions } from '../engines/run.js';
import type { Machine } from '../circuit/circuit.js';
import { openPool, type WorkerPool } from './pool.js';
import type { SimulationProtocol } from './simulation-worker.js';
import { LANES, WaitingLine, type Supply } from './waiting-line.js';
import { workerFile } from './worker-file.js';
import { threadsWorth } from './worth.js';

/** Threads that hold one circuit each and share inputs out. */
export interface SimulationPool {
  /** How many there are, which may be fewer than were asked for. */
  readonly threads: number;
  /**
   * As `runInferences` does, one run after the other; outputs and classes lie in shared memory, cycles are those of all threads
   * together. Aborting closes the pool.
   */
  run(inputs: readonly Uint8Array[], options?: RunOptions): Promise<InferenceRun>;
  close(): Promise<void>;
}

export interface SimulationPoolOptions {
  /** At most so many inputs will be in a run; if absent, as many as threads can share. */
  readonly inputs?: number;
  /** Of the processor, instead of those that this process may use. */
  readonly cores?: number;
}

/** Room for inputs that wait for a thread, in groups: many, because every note holds both threads up; few of large inputs. */
const WAITING_BYTES = 1 << 21;
const waitingGroups = (groupBytes: number): number =>
  2 * Math.min(8, Math.max(1, Math.floor(WAITING_BYTES / (2 * groupBytes))));

/**
 * Starts threads, each with its own compiled engine; resolves when all are ready.
 * @param wanted at most so many: no more are started than there are cores, and full passes of inputs
 * @throws DataError `data.bad-value` for a number of threads that is not 1 or more
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
    // One run after the other: they share engines and the memory for inputs.
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
    // Of several wrong inputs in several shares, the first one in the list.
    if (error instanceof AdiabitError && error.code === 'data.bad-value') checkValues(shape, inputs);
    throw error;
  }
}

/** Where the shares of the workers begin, and where the last one ends: full passes, as even as they can be. */
function edgesOf(inputs: number, workers: number): readonly number[] {
  const groups = Math.ceil(inputs / LANES);
  return Array.from({ length: workers + 1 }, (_, edge) =>
    Math.min(inputs, LANES * Math.floor((groups * edge) / workers)),
  );
}
