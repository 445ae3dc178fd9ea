import { CancelledError } from '@adiabit/simulator/errors';
import { openPool, workerFile, type WorkerPool } from '@adiabit/simulator/workers';
import type { CircuitWork } from '../../../common/contract/circuits.js';
import type { CircuitCall, CircuitCalls, CircuitProtocol } from './protocol.js';

/** Work that does not stop by itself within this time is ended with its thread; circuits are built anew then. */
const STOPPING_MS = 300;

/** The circuits of the library, in a thread of their own, which is started when it is first asked. */
export class Circuits {
  readonly #stateFolder: string;
  readonly #onWork: (work: CircuitWork | undefined) => void;
  /** The number of the last request that shall stop; the thread looks at it. */
  readonly #stop = new SharedArrayBuffer(4);
  readonly #pending = new Set<number>();
  #pool: Promise<WorkerPool<CircuitProtocol>> | undefined;
  #ending = new AbortController();
  #asked = 0;

  constructor(stateFolder: string, onWork: (work: CircuitWork | undefined) => void) {
    this.#stateFolder = stateFolder;
    this.#onWork = onWork;
  }

  /** Has the thread do something. @throws what it throws; CancelledError after `cancel` */
  async ask<C extends CircuitCall>(call: C, params: CircuitCalls[C]['params']): Promise<CircuitCalls[C]['result']> {
    const number = ++this.#asked;
    const { signal } = this.#ending;
    this.#pending.add(number);
    try {
      const pool = await (this.#pool ??= openPool<CircuitProtocol>({
        file: workerFile(import.meta.url, 'worker.js'),
        starts: [{ stateFolder: this.#stateFolder, stop: this.#stop }],
      }));
      return (await pool.ask(0, { number, call, params } as CircuitProtocol['request'], {
        signal,
        onNote: (note) => this.#onWork({ entry: params.entry, ...note }),
      })) as CircuitCalls[C]['result'];
    } finally {
      this.#pending.delete(number);
      if (this.#pending.size === 0) this.#onWork(undefined);
    }
  }

  /** Stops what is computed: a simulation at its next cycle, anything else by ending the thread. */
  async cancel(): Promise<void> {
    const last = this.#asked;
    Atomics.store(new Int32Array(this.#stop), 0, last);
    await new Promise((resume) => setTimeout(resume, STOPPING_MS));
    if ([...this.#pending].some((number) => number <= last)) await this.close();
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    this.#ending.abort(new CancelledError());
    this.#ending = new AbortController();
    await (await pool)?.close();
  }
}
