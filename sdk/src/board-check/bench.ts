import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest } from '@adiabit/simulator/bitstream';
import { AdiabitError } from '@adiabit/simulator/errors';
import type { Board } from '../boards/index.js';
import { DeviceSession, flash, type Transport } from '../device/index.js';
import type { CheckCircuit } from './circuits.js';

/** What a check found out about a board that is not as it has to be. */
export class CheckFailure extends Error {}

/** A field that the board has other than its entry says. */
export interface Difference {
  readonly field: string;
  readonly entry: string | number | boolean;
  readonly device: string | number | boolean;
}

export interface BenchOptions {
  readonly board: Board;
  /** Opens the port; called again whenever it has been closed. */
  readonly openPort: () => Promise<Transport>;
  /** Whether an emulator stands behind the port: then slots may be in RAM, and smaller. */
  readonly isEmulated: boolean;
  readonly signal?: AbortSignal;
}

/** The board that is being checked, at the end of a port that can be closed and opened again. */
export class Bench {
  readonly board: Board;
  readonly differences: Difference[] = [];
  readonly isEmulated: boolean;
  readonly signal: AbortSignal | undefined;
  readonly #openPort: () => Promise<Transport>;
  #session: DeviceSession | undefined;

  constructor({ board, openPort, isEmulated, signal }: BenchOptions) {
    this.board = board;
    this.isEmulated = isEmulated;
    this.signal = signal;
    this.#openPort = openPort;
  }

  /** Returns the session that is open, or a new one. @param change what stands between the port and the session */
  async session(change: (transport: Transport) => Transport = (transport) => transport): Promise<DeviceSession> {
    if (this.#session !== undefined) return this.#session;
    const transport = change(await this.#openPort());
    try {
      this.#session = await DeviceSession.open(transport, this.signal ? { signal: this.signal } : {});
      return this.#session;
    } catch (error) {
      await transport.close();
      throw error;
    }
  }

  /** Sends bytes that are no frames, before anything else is said. */
  async sendNoise(bytes: Uint8Array): Promise<void> {
    await this.close();
    const transport = await this.#openPort();
    try {
      await transport.write(bytes);
    } finally {
      await transport.close();
    }
  }

  /** Closes the port: of an emulated board that is a power cut. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }

  /** Puts a circuit on the board by every step of `flash`. */
  async flash({ bytes }: CheckCircuit): Promise<Awaited<ReturnType<typeof flash>>> {
    return flash(await this.session(), bytes, this.signal ? { signal: this.signal } : {});
  }

  /** Returns a slot that does not hold the circuit that runs, if there are two. */
  async freeSlot(): Promise<number> {
    const { slotCount, activeSlot } = await (await this.session()).hello(this.signal);
    return slotCount === 2 && activeSlot === 0 ? 1 : 0;
  }

  /** Writes a bitstream into a slot and has the board verify it; nothing is activated. */
  async store(slot: number, bytes: Uint8Array): Promise<void> {
    const session = await this.session();
    await session.begin(slot, bytes.length, bitstreamDigest(bytes), this.signal);
    await session.write(bytes, undefined, this.signal);
    const { digest } = await session.verify(slot, this.signal);
    this.must(toHex(digest) === toHex(bitstreamDigest(bytes)), 'what was written is not what is read back');
  }

  /** @throws CheckFailure unless the board gives the oracle's outputs for every input */
  async expectAnswers({ inputs, outputs }: CheckCircuit, when: string): Promise<void> {
    const results = await (await this.session()).inferMany(inputs, this.signal ? { signal: this.signal } : {});
    const wrong = results.findIndex((result, index) => result.outputs.join() !== outputs[index].join());
    if (wrong < 0) return;
    const [has, wanted] = [results[wrong].outputs.join(), outputs[wrong].join()];
    throw new CheckFailure(`${when}, input ${wrong} gives ${has}; the integer oracle gives ${wanted}`);
  }

  /** @throws CheckFailure unless the work is refused with that code or, by the board itself, with that status */
  async expectRefusal(wanted: string, work: Promise<unknown>, what: string): Promise<void> {
    const refusal = await work.then(
      () => 'taken',
      (error: unknown) => refusalOf(error),
    );
    if (!refusal.split(' ').includes(wanted))
      throw new CheckFailure(`${what} should be refused (${wanted}), but it is: ${refusal}`);
  }

  /** @throws CheckFailure with the sentence, unless it holds */
  must(holds: boolean, failure: string): void {
    if (!holds) throw new CheckFailure(failure);
  }
}

const refusalOf = (error: unknown): string =>
  error instanceof AdiabitError ? `${error.code} ${String(error.details['status'] ?? '')}`.trim() : String(error);
