import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Listeners, TransportError, type Transport } from '@adiabit/sdk/device';
import { HOST_BINARY } from './host-firmware.js';

/** A folder for flash files; `dispose` removes it. */
export async function temporaryFolder(): Promise<{ path: string; dispose: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'adiabit-'));
  return { path, dispose: () => rm(path, { recursive: true, force: true }) };
}

/** Has Linux end a process with the one that started it, however that ends. */
const DIE_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL'] as const;

/** The real firmware as a process; its stdin and stdout are the line. Closing the transport takes the power away. */
export class HostDevice implements Transport {
  readonly description = 'adiabit-host';
  readonly #process: ChildProcess;
  readonly #data = new Listeners<Uint8Array>();
  readonly #closed = new Listeners<TransportError | undefined>();
  readonly #exited: Promise<void>;
  #closing = false;

  constructor(flashPath: string, binary = HOST_BINARY, { diesWithParent = false } = {}) {
    const command = [...(diesWithParent ? DIE_WITH_PARENT : []), binary, 'link', flashPath];
    this.#process = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#process.stdout!.on('data', (bytes: Buffer) => this.#data.emit(bytes));
    this.#process.stdin!.on('error', () => undefined); // a dead process: the exit says so
    this.#exited = new Promise((resolve) => {
      this.#process.once('close', (status) => {
        const lost = new TransportError('disconnected', `adiabit-host ended with status ${status ?? 'killed'}.`);
        this.#closed.emit(this.#closing ? undefined : lost);
        resolve();
      });
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#process.stdin!.write(bytes, () => resolve()));
  }

  onData = (listener: (bytes: Uint8Array) => void): (() => void) => this.#data.add(listener);
  onClose = (listener: (error: TransportError | undefined) => void): (() => void) => this.#closed.add(listener);

  /** Takes the power away at once, in the middle of whatever it does. */
  cutPower(): void {
    this.#process.kill('SIGKILL');
  }

  /** Ends the firmware once it has read all that was sent; nothing of it is heard any more. */
  close(): Promise<void> {
    this.#closing = true;
    this.#process.stdin!.end();
    return this.#exited;
  }
}
