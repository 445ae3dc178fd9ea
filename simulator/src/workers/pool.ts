import { CancelledError } from '../errors.js';
import { errorOf, START, type FromWorker, type ToWorker, type WorkerProtocol } from './messages.js';
import { openProcess, openThread, type Peer } from './peers.js';

/** Workers that answer requests, each one in the order of the requests. */
export interface WorkerPool<P extends WorkerProtocol> {
  readonly size: number;
  /**
   * Asks one worker. A worker that answers with an error stays usable. One that has ended rejects all further requests.
   * @throws the error of the worker, with class, code and details if it is an Adiabit error; CancelledError on abort,
   *   which closes the pool
   */
  readonly ask: (worker: number, request: P['request'], options?: AskOptions<P>) => Promise<P['reply']>;
  /**
   * Asks one worker and resolves once the request has been handed over, so that the worker has it even while this
   * thread is busy.
   */
  readonly handOver: (
    worker: number,
    request: P['request'],
    options?: AskOptions<P>,
  ) => Promise<{ readonly reply: Promise<P['reply']> }>;
  /**
   * Asks every worker, with one request each.
   * @returns the replies in the order of the workers
   */
  readonly askAll: (requests: readonly P['request'][], options?: AskOptions<P>) => Promise<readonly P['reply'][]>;
  /** Ends all workers, including those that were killed or closed before. Unanswered requests are rejected. */
  readonly close: () => Promise<void>;
}

export interface AskOptions<P extends WorkerProtocol> {
  /** Called with each note that a worker sends before its answer. */
  readonly onNote?: (note: P['note']) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface PoolOptions<P extends WorkerProtocol> {
  /** The compiled file of the worker, which calls `serve`; see `workerFile`. */
  readonly file: URL;
  /** The start value of each worker. Their number is the number of workers. */
  readonly starts: readonly P['start'][];
  /**
   * Threads or processes ('threads'). Processes share no memory with this one, but they have their own copies of
   * libraries that threads would share.
   */
  readonly as?: 'threads' | 'processes';
}

/**
 * Starts workers; resolves when all are ready.
 * @throws the error of a worker that did not start; all workers are closed then
 */
export async function openPool<P extends WorkerProtocol>({
  file,
  starts,
  as = 'threads',
}: PoolOptions<P>): Promise<WorkerPool<P>> {
  const workers = starts.map(() => new PoolWorker<P>(file, as));
  const close = async (reason = new Error('The worker pool was closed.')): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.close(reason)));
  };
  try {
    await Promise.all(workers.map((worker, index) => worker.start(starts[index])));
  } catch (error) {
    await close();
    throw error;
  }

  const handOver = async (
    worker: number,
    request: P['request'],
    { onNote, signal }: AskOptions<P> = {},
  ): Promise<{ readonly reply: Promise<P['reply']> }> => {
    const cancel = (): void => void close(new CancelledError());
    if (signal?.aborted) cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    const forget = (): void => signal?.removeEventListener('abort', cancel);
    try {
      const { reply } = await workers[worker].request(request, onNote);
      return { reply: reply.finally(forget) };
    } catch (error) {
      forget();
      throw error;
    }
  };
  const ask = async (worker: number, request: P['request'], options?: AskOptions<P>): Promise<P['reply']> =>
    (await handOver(worker, request, options)).reply;
  return {
    size: workers.length,
    ask,
    handOver,
    askAll: (requests, options) => Promise.all(requests.map((request, worker) => ask(worker, request, options))),
    close: () => close(),
  };
}

interface Waiting<P extends WorkerProtocol> {
  readonly resolve: (reply: P['reply']) => void;
  readonly reject: (error: Error) => void;
  readonly onNote?: ((note: P['note']) => void) | undefined;
}

/** One worker with its unanswered requests. */
class PoolWorker<P extends WorkerProtocol> {
  readonly #peer: Peer;
  readonly #waiting = new Map<number, Waiting<P>>();
  #nextId = 0;
  #ended: Error | undefined;

  constructor(file: URL, as: 'threads' | 'processes') {
    const open = as === 'threads' ? openThread : openProcess;
    this.#peer = open(file, {
      onMessage: (message) => this.#take(message as FromWorker<P>),
      onEnd: (reason) => this.#end(reason),
    });
  }

  async start(start: P['start']): Promise<void> {
    const { reply } = await this.#post(START, { start });
    await reply;
  }

  request(request: P['request'], onNote?: (note: P['note']) => void): Promise<{ readonly reply: Promise<P['reply']> }> {
    const id = this.#nextId++;
    return this.#post(id, { id, request }, onNote);
  }

  close(reason: Error): Promise<void> {
    this.#end(reason);
    return this.#peer.close();
  }

  async #post(
    id: number,
    message: ToWorker<P>,
    onNote?: (note: P['note']) => void,
  ): Promise<{ readonly reply: Promise<P['reply']> }> {
    if (this.#ended !== undefined) throw this.#ended;
    const reply = new Promise<P['reply']>((resolve, reject) => this.#waiting.set(id, { resolve, reject, onNote }));
    // A rejection reaches the caller through `reply`. Until `reply` is returned, it has no other handler.
    reply.catch(() => undefined);
    await this.#peer.send(message);
    return { reply };
  }

  #take(message: FromWorker<P>): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    if (message.kind === 'note') {
      waiting.onNote?.(message.note);
      return;
    }
    this.#waiting.delete(message.id);
    if (message.kind === 'reply') waiting.resolve(message.reply);
    else waiting.reject(errorOf(message.failure));
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
