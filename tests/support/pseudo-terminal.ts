import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { HOST_BINARY } from './host-firmware.js';

/** A serial port made by socat, whose device can be unplugged and plugged in again under the same path. */
export class PseudoTerminal {
  readonly path: string;
  #socat: ChildProcess | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** Puts a program behind the port, as an address of socat. */
  async plugIn(program: string): Promise<void> {
    this.#socat = spawn('socat', [`PTY,raw,echo=0,link=${this.path}`, program], { stdio: 'ignore' });
    while (!existsSync(this.path)) await wait(5);
  }

  /** Puts the real firmware behind the port, with its flash in a file, and a wave of so many hertz at its sensor. */
  plugInDevice(flashFile: string, waveHertz = 0): Promise<void> {
    return this.plugIn(`EXEC:${HOST_BINARY} link ${flashFile} ${waveHertz}`);
  }

  /** The process number of the program behind the port. */
  async programId(): Promise<number> {
    const { pid } = this.#socat!;
    return Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')[0]);
  }

  /** Has the other end read and say nothing more, until it is unplugged. */
  freeze(): void {
    this.#socat?.kill('SIGSTOP');
  }

  /** Pulls the cable: SIGKILL, because the other end may be busy. */
  async unplug(): Promise<void> {
    const socat = this.#socat;
    if (!socat || socat.exitCode !== null || socat.signalCode !== null) return;
    const gone = new Promise((resolve) => socat.once('close', resolve));
    socat.kill('SIGKILL');
    await gone;
    // A killed socat leaves its link behind, as no cable would.
    await rm(this.path, { force: true });
  }
}
