import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { needReady } from './lifecycle.js';

const INSIDE = new URL('./inside-utility-process.mjs', import.meta.url).href;

/** A real process with a `parentPort`, and without what Electron's utility processes do not have. */
class UtilityProcess extends EventEmitter {
  readonly file: string;
  readonly #child: ChildProcess;

  constructor(file: string, options: readonly string[]) {
    super();
    this.file = file;
    this.#child = fork(file, options, { serialization: 'advanced', execArgv: ['--import', INSIDE] });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (status, signal) => this.emit('exit', signal === null ? status : 15));
  }

  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }

  postMessage(message: unknown): void {
    // Electron throws for what cannot be cloned.
    this.#child.send(structuredClone(message) as object, () => undefined);
  }

  kill = (): boolean => this.#child.kill('SIGTERM');
}

export const utilityProcess = {
  running: [] as UtilityProcess[],
  fork: (file: string, options: readonly string[] = []): UtilityProcess => {
    needReady('utilityProcess.fork');
    if (!isAbsolute(file) || !existsSync(file)) throw new Error(`There is no module ${file}`);
    const started = new UtilityProcess(file, options);
    utilityProcess.running.push(started);
    started.once('exit', () => utilityProcess.running.splice(utilityProcess.running.indexOf(started), 1));
    return started;
  },
};
