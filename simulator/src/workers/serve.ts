import { parentPort } from 'node:worker_threads';
import { failureOf, START, type FromWorker, type ToWorker, type WorkerProtocol } from './messages.js';

/** Answers a request. `note` sends a note before the answer. */
export type Answer<P extends WorkerProtocol> = (
  request: P['request'],
  note: (note: P['note']) => void,
) => P['reply'] | Promise<P['reply']>;

/**
 * Makes this thread or process a worker of a pool. `open` gets the start value; then requests are answered in order. An
 * error is sent to the caller of the request.
 */
export function serve<P extends WorkerProtocol>(open: (start: P['start']) => Answer<P> | Promise<Answer<P>>): void {
  const port = parentPort;
  const say = (message: FromWorker<P>): void => {
    if (port === null) process.send?.(message);
    else port.postMessage(message);
  };
  let answer: Answer<P> | undefined;

  const work = async (message: ToWorker<P>): Promise<P['reply']> => {
    if ('start' in message) {
      answer = await open(message.start);
      return undefined;
    }
    return answer?.(message.request, (note) => say({ kind: 'note', id: message.id, note }));
  };
  let last: Promise<void> = Promise.resolve();
  listen((given) => {
    const message = given as ToWorker<P>;
    const id = 'start' in message ? START : message.id;
    last = last
      .then(() => work(message))
      .then(
        (reply) => say({ kind: 'reply', id, reply }),
        (error: unknown) => say({ kind: 'failed', id, failure: failureOf(error) }),
      );
  });
}

function listen(onMessage: (message: unknown) => void): void {
  if (parentPort !== null) {
    parentPort.on('message', onMessage);
    return;
  }
  // Ctrl-C reaches every process of a terminal, and what stops a job every process of it; the pool decides when its workers end.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  process.on('disconnect', () => process.exit());
  process.on('message', onMessage);
}
