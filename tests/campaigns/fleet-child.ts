import { fork, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CoordinatorSetup, FromProcess, GatewaySetup, Usage } from './fleet-process.js';

/** Built scripts: a process that has to read TypeScript first takes a second more of the machine. */
const scriptOf = (name: string): string =>
  fileURLToPath(new URL(`../dist/tests/campaigns/${name}.js`, import.meta.url));

/** A gateway or a coordinator in a process of its own. */
export class FleetChild {
  readonly #process: ChildProcess;
  readonly ended: Promise<void>;
  #isKilled = false;

  constructor(
    script: 'fleet-gateway' | 'fleet-coordinator',
    setup: GatewaySetup | CoordinatorSetup,
    onMessage: (message: FromProcess) => void,
  ) {
    this.#process = fork(scriptOf(script), { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process.on('message', onMessage);
    this.ended = new Promise((resolve) => this.#process.once('exit', () => resolve()));
    this.#process.send(setup);
  }

  /** Whether it ended though nobody killed it. */
  get hasFailed(): boolean {
    const { exitCode, signalCode } = this.#process;
    return exitCode !== null || (signalCode !== null && signalCode !== 'SIGKILL' && !this.#isKilled);
  }

  kill(): Promise<void> {
    this.#isKilled = true;
    this.#process.kill('SIGKILL');
    return this.ended;
  }

  /** Asks what it has used; undefined of one that is gone. */
  usage(): Promise<Usage | undefined> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const listen = (message: FromProcess): void => {
        if (message.type !== 'usage') return;
        this.#process.off('message', listen);
        resolve(message.usage);
      };
      this.#process.on('message', listen);
      void this.ended.then(() => resolve(undefined));
      this.#process.send('usage');
    });
  }
}

const CLOCK_TICK_MS = 10;
const FIELD_UTIME = 11;

/** Reads how long a process has computed, from what Linux tells of it. */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return CLOCK_TICK_MS * (Number(fields[FIELD_UTIME]) + Number(fields[FIELD_UTIME + 1]));
}
