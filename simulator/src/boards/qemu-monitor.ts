import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

interface Reply {
  readonly id?: number;
  readonly error?: { readonly desc: string };
}

/** QEMU's control protocol (QMP: a JSON object a line, a greeting first) on the streams of its process. */
export class QemuMonitor {
  readonly #input: Writable;
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  #lastId = 0;
  readonly #ready: Promise<void>;

  constructor(input: Writable, output: Readable) {
    this.#input = input;
    // A command to a QEMU that has ended is answered by `close`.
    input.on('error', () => undefined);
    const lines = createInterface({ input: output });
    lines.on('line', (line) => this.#take(line));
    lines.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('QEMU has ended.'));
      this.#waiting.clear();
    });
    this.#ready = this.#ask('qmp_capabilities', {});
    this.#ready.catch(() => undefined);
  }

  /**
   * Executes a command.
   * @throws Error with QEMU's message if it refuses, or has ended
   */
  async execute(command: string, parameters: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#ready;
    await this.#ask(command, parameters);
  }

  #ask(execute: string, parameters: Readonly<Record<string, unknown>>): Promise<void> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#input.write(JSON.stringify({ execute, arguments: parameters, id }) + '\n');
    });
  }

  /** Handles a line. Lines other than answers are QEMU's greeting, its events and its log. */
  #take(line: string): void {
    if (!line.startsWith('{')) return;
    const { id, error } = JSON.parse(line) as Reply;
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || !waiting) return;
    this.#waiting.delete(id);
    if (error) waiting.reject(new Error(error.desc));
    else waiting.resolve();
  }
}
