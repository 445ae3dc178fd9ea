import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '../common/contract.js';
import type { ServiceStart } from '../services/serve.js';

/** A process with a service in it. */
export interface ServiceProcess {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Calls once when the process has ended, for whatever reason. */
  onExit(listener: (reason: string) => void): void;
  /** Asks it to end, and waits until it has. */
  close(): Promise<void>;
  /** The number of the process. */
  readonly pid: number | undefined;
}

export type StartProcess = (service: ServiceName, start: ServiceStart) => ServiceProcess;

/** Returns the file that a service's process runs. */
export const serviceFile = (service: ServiceName): string =>
  fileURLToPath(new URL(`../services/${service}/main.js`, import.meta.url));

const CLOSING_MS = 4000;

/** Starts a service as a child process of Node. */
export const forkProcess: StartProcess = (service, start) => {
  const child = fork(serviceFile(service), [JSON.stringify(start)], { serialization: 'advanced' });
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (status, signal) => resolve(signal === null ? `status ${status ?? 0}` : signal));
  });
  return {
    // A message to a process that has just ended is answered by its exit.
    post: (message) => {
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void gone.then(listener),
    close: async () => {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSING_MS);
      await gone;
      clearTimeout(timer);
    },
    get pid() {
      return child.pid;
    },
  };
};
