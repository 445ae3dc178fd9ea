import { PROTOCOL_MAJOR } from '../protocol/constants.js';
import { ProtocolError } from '../protocol/errors.js';
import type { DeviceDescription, Inference, Reply, ReplyValues, SlotDescription } from '../protocol/replies.js';
import type { Request, RequestType } from '../protocol/requests.js';
import { systemClock, type Clock } from './clock.js';
import { TransportError } from './errors.js';
import { FirstContact } from './first-contact.js';
import { Link, MAX_WINDOW_BYTES, type LinkStatistics } from './link.js';
import { inferPlan, singleRequestPlan, pieceBytesFor, writePlan } from './plans.js';
import { acceptedValue } from './refusal.js';
import type { Transport } from './transport.js';

export interface SessionOptions {
  readonly clock?: Clock;
  /** Multiplies every waiting time; by default what the transport asks for, or 1. */
  readonly patience?: number;
  readonly signal?: AbortSignal;
}

export interface InferenceProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * A conversation with one device. Every method throws ProtocolError when the device refuses or talks nonsense,
 * TransportError when the line fails or nobody answers in time, and CancelledError when its signal is aborted.
 * Methods may be called at any time; they run one after the other.
 */
export class DeviceSession {
  readonly #link: Link;
  #device: DeviceDescription;

  private constructor(link: Link, device: DeviceDescription) {
    this.#link = link;
    this.#device = device;
  }

  /**
   * Says hello over `transport` and learns what is there. When it fails the transport stays open, and is the caller's.
   * @throws ProtocolError `protocol.version-mismatch` naming the side to update, `protocol.unexpected-reply` with what
   * is on the line instead of a device; TransportError `transport.timeout` when nothing is.
   */
  static async open(transport: Transport, options: SessionOptions = {}): Promise<DeviceSession> {
    const patience = options.patience ?? transport.patience ?? 1;
    const link = new Link(transport, options.clock ?? systemClock, patience);
    const firstContact = new FirstContact(transport, link.clock, patience);
    try {
      await link.flush();
      const session = new DeviceSession(link, await hello(link, options.signal));
      link.windowBytes = Math.min(session.device.windowBytes, MAX_WINDOW_BYTES);
      return session;
    } catch (error) {
      link.detach();
      throw error instanceof TransportError && error.kind === 'timeout' ? firstContact.explain(error) : error;
    } finally {
      firstContact.stop();
    }
  }

  /** What the device said in its last hello. */
  get device(): DeviceDescription {
    return this.#device;
  }

  /** The place of the device, for messages. */
  get description(): string {
    return this.#link.transport.description;
  }

  get clock(): Clock {
    return this.#link.clock;
  }

  /** What went over the line so far. */
  get statistics(): Readonly<LinkStatistics> {
    return { ...this.#link.statistics };
  }

  /** Asks again what is there: also a sign of life, and which slot is active now. */
  async hello(signal?: AbortSignal): Promise<DeviceDescription> {
    this.#device = await hello(this.#link, signal);
    return this.#device;
  }

  slots(signal?: AbortSignal): Promise<readonly SlotDescription[]> {
    return this.#request({ type: 'slots' }, signal);
  }

  /** Erases `slot` for a bitstream of `totalBytes` whose SHA-256 is `digest`. */
  begin(slot: number, totalBytes: number, digest: Uint8Array, signal?: AbortSignal): Promise<undefined> {
    return this.#request({ type: 'begin', slot, totalBytes, digest }, signal);
  }

  /** Writes all bytes of the bitstream that `begin` announced; `onProgress` gets the bytes stored so far. */
  write(bytes: Uint8Array, onProgress: (storedBytes: number) => void = () => undefined, signal?: AbortSignal) {
    return this.#link.run(writePlan(bytes, this.#pieceBytes, onProgress), signal);
  }

  /** Has the device read the slot back; gives the digest of what is stored. */
  verify(slot: number, signal?: AbortSignal): Promise<ReplyValues['verify']> {
    return this.#request({ type: 'verify', slot }, signal);
  }

  /** Runs the golden vectors of the slot and, if all are right, lets its circuit answer until the next reset. */
  activate(slot: number, signal?: AbortSignal): Promise<ReplyValues['activate']> {
    return this.#request({ type: 'activate', slot }, signal);
  }

  /** Makes the active slot the one that boots. */
  confirm(slot: number, signal?: AbortSignal): Promise<ReplyValues['confirm']> {
    return this.#request({ type: 'confirm', slot }, signal);
  }

  /** Restarts the device and says hello again: whatever was not confirmed is gone. */
  async restart(signal?: AbortSignal): Promise<DeviceDescription> {
    await this.#request({ type: 'reset' }, signal);
    return await this.hello(signal);
  }

  /** Runs the active circuit on one input, as `packInput` of @adiabit/simulator makes it. */
  async infer(input: Uint8Array, signal?: AbortSignal): Promise<Inference> {
    const [inference] = await this.inferMany([input], signal ? { signal } : {});
    return inference;
  }

  /** Runs the active circuit on every input, several on the line at a time; results come in the inputs' order. */
  async inferMany(
    inputs: readonly Uint8Array[],
    options: { readonly onProgress?: (progress: InferenceProgress) => void; readonly signal?: AbortSignal } = {},
  ): Promise<Inference[]> {
    const results: Inference[] = [];
    const plan = inferPlan(inputs, this.#pieceBytes, (inference) => {
      results.push(inference);
      options.onProgress?.({ done: results.length, total: inputs.length });
    });
    await this.#link.run(plan, options.signal);
    return results;
  }

  /**
   * Calls `listener` once when the line has ended, with an error unless it was closed from this side. Some systems say
   * nothing when a cable is pulled: ask `hello` now and then where that matters.
   */
  onClose(listener: (error: TransportError | undefined) => void): () => void {
    return this.#link.transport.onClose(listener);
  }

  /** Ends the session and closes its transport; harmless when both have ended. */
  close(): Promise<void> {
    return this.#link.close();
  }

  get #pieceBytes(): number {
    return pieceBytesFor(this.#device, this.#link.windowBytes);
  }

  async #request<T extends RequestType>(request: Request & { readonly type: T }, signal?: AbortSignal) {
    return acceptedValue<T>(request, await ask(this.#link, request, signal));
  }
}

async function ask(link: Link, request: Request, signal: AbortSignal | undefined): Promise<Reply> {
  const replies: Reply[] = [];
  await link.run(
    singleRequestPlan(request, (reply) => void replies.push(reply)),
    signal,
  );
  return replies[0];
}

async function hello(link: Link, signal: AbortSignal | undefined): Promise<DeviceDescription> {
  const request = { type: 'hello' } as const;
  const reply = await ask(link, request, signal);
  const device = reply.status === 'versionMismatch' ? reply.value : acceptedValue(request, reply);
  const { major, minor } = device.protocol;
  if (reply.status === 'versionMismatch' || major !== PROTOCOL_MAJOR) {
    throw new ProtocolError(
      'version-mismatch',
      `The firmware on ${link.transport.description} speaks protocol ${major}.${minor}, this Adiabit speaks ` +
        `${PROTOCOL_MAJOR}. ${major > PROTOCOL_MAJOR ? 'Update Adiabit.' : 'Update the firmware of the board.'}`,
      { device: major, host: PROTOCOL_MAJOR },
    );
  }
  return device;
}
