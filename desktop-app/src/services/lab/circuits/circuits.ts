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
  readonly #stop = new SharedArrayBuffer(4);
  #pool: Promise<WorkerPool<CircuitProtocol>> | undefined;
  #ending = new AbortController();
  #calls = 0;

  constructor(stateFolder: string, onWork: (work: CircuitWork | undefined) => void) {
    this.#stateFolder = stateFolder;
    this.#onWork = onWork;
  }

  /** Has the thread do something. @throws what it throws; CancelledError after `cancel` */
  async ask<C extends CircuitCall>(call: C, params: CircuitCalls[C]['params']): Promise<CircuitCalls[C]['result']> {
    this.#calls++;
    const { signal } = this.#ending;
    try {
      const pool = await (this.#pool ??= openPool<CircuitProtocol>({
        file: workerFile(import.meta.url, 'worker.js'),
        starts: [{ stateFolder: this.#stateFolder, stop: this.#stop }],
      }));
      return (await pool.ask(0, { call, params } as CircuitProtocol['request'], {
        signal,
        onNote: (note) => this.#onWork({ entry: params.entry, ...note }),
      })) as CircuitCalls[C]['result'];
    } finally {
      this.#calls--;
      if (this.#calls === 0) this.#onWork(undefined);
    }
  }

  /** Stops what is computed: a simulation at its next cycle, anything else by ending the thread. */
  async cancel(): Promise<void> {
    if (this.#calls === 0) return;
    const flag = new Int32Array(this.#stop);
    Atomics.store(flag, 0, 1);
    await new Promise((resume) => setTimeout(resume, STOPPING_MS));
    if (this.#calls > 0) await this.close();
    Atomics.store(flag, 0, 0);
  }

  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    this.#ending.abort(new CancelledError());
    this.#ending = new AbortController();
    await (await pool)?.close();
  }
}
