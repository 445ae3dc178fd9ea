/** A thread or process at the other end of a message channel. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

export interface Peer {
  /** Sends a message; resolves when it has been handed over whole. Rejects if the other end is gone. */
  send(message: unknown): Promise<void>;
  /** Ends the thread or process at once. Does nothing if it has ended. */
  close(): Promise<void>;
}

export interface PeerEvents {
  readonly onMessage: (message: unknown) => void;
  /** Called when the other end is gone; later calls say nothing new. */
  readonly onEnd: (reason: Error) => void;
}

export function openThread(file: URL, { onMessage, onEnd }: PeerEvents): Peer {
  const worker = new Worker(file);
  worker.on('message', onMessage);
  worker.on('error', onEnd);
  worker.on('exit', (code) => onEnd(endedEarly(code)));
  return {
    send: (message) => {
      worker.postMessage(message);
      return Promise.resolve();
    },
    close: async () => {
      await worker.terminate();
    },
  };
}

export function openProcess(file: URL, { onMessage, onEnd }: PeerEvents): Peer {
  const child = fork(fileURLToPath(file), { serialization: 'advanced', execArgv: [] });
  child.on('message', onMessage);
  child.on('error', onEnd);
  child.on('exit', (code, signal) => onEnd(endedEarly(code ?? signal)));
  return {
    send: (message) =>
      new Promise((resolve, reject) => {
        child.send(message as object, (error) => (error === null ? resolve() : reject(error)));
      }),
    close: async () => {
      const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
      if (child.pid === undefined || hasEnded()) return;
      const ended = once(child, 'exit');
      // It holds nothing, and lets other signals pass.
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const endedEarly = (reason: number | string | null): Error =>
  new Error(`A worker ended before its answer (exit code ${String(reason)}).`);
