import { toHex } from '@adiabit/simulator/bits';
import {
  bitstreamDigest,
  summarizeBitstream,
  type Bitstream,
  type BitstreamSummary,
} from '@adiabit/simulator/bitstream';
import { outputsOf, packedBytes, readStoredValues, type MemoryPlan, type Network } from '@adiabit/simulator/network';
import { PROTOCOL_MAJOR } from '../protocol/constants.js';
import { DeviceError, ProtocolError } from '../protocol/errors.js';
import type {
  DeviceDescription,
  Inference,
  Reply,
  ReplyValues,
  SensorSamples,
  SlotDescription,
} from '../protocol/replies.js';
import type { Request, RequestType } from '../protocol/requests.js';
import { systemClock, type Clock } from './clock.js';
import { TransportError } from './errors.js';
import { FirstContact } from './first-contact.js';
import { Link, MAX_WINDOW_BYTES, type LinkStatistics } from './link.js';
import { readPlan, valuesPlan } from './piece-plans.js';
import { inferPlan, singleRequestPlan, pieceBytesFor, writePlan } from './plans.js';
import { acceptedValue } from './refusal.js';
import type { Transport } from './transport.js';

/** Minor version of the protocol from which devices show what they hold. */
const INSPECTING_MINOR = 2;

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
  #slots: readonly SlotDescription[] = [];
  #tellsClassOnly = false;

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

  async slots(signal?: AbortSignal): Promise<readonly SlotDescription[]> {
    this.#slots = await this.#request({ type: 'slots' }, signal);
    return this.#slots;
  }

  /**
   * Shows the device the manifest of the circuit that `begin` will announce, 164 bytes. Devices that check signatures want it first.
   * @throws DeviceError with what is wrong with it; `device.unknown-message` from firmware that checks none
   */
  authorize(manifest: Uint8Array, signal?: AbortSignal): Promise<undefined> {
    return this.#request({ type: 'authorize', manifest }, signal);
  }

  /**
   * Puts other keys in force, and says hello to see that they are.
   * @param signedTable as `signKeyTable` makes it
   * @throws DeviceError with what is wrong with it: the keys stay as they were
   */
  async keys(signedTable: Uint8Array, signal?: AbortSignal): Promise<DeviceDescription> {
    await this.#request({ type: 'keys', signedTable }, signal);
    return await this.hello(signal);
  }

  /**
   * Makes `slot` ready for a bitstream of `totalBytes` whose SHA-256 is `digest`. A slot that has often been erased takes
   * its time: who has asked for the slots before waits for it.
   */
  begin(slot: number, totalBytes: number, digest: Uint8Array, signal?: AbortSignal): Promise<undefined> {
    return this.#request({ type: 'begin', slot, totalBytes, digest, erases: this.#slots.at(slot)?.erases }, signal);
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
    return this.#request({ type: 'confirm', slot, erases: this.#slots.at(slot)?.erases }, signal);
  }

  /**
   * Reads the bitstream back that a slot holds.
   * @throws DeviceError `device.slot-unavailable` when it holds none, `device.digest-mismatch` when its bytes are no
   * longer those that were verified, `device.unknown-message` when the firmware is older than protocol 1.2
   */
  async readSlot(
    slot: number,
    options: { readonly onProgress?: (progress: InferenceProgress) => void; readonly signal?: AbortSignal } = {},
  ): Promise<Uint8Array> {
    const { totalBytes, digest } = await this.#filled(slot, options.signal);
    const bytes = new Uint8Array(totalBytes);
    const onProgress = (done: number): void => options.onProgress?.({ done, total: totalBytes });
    await this.#link.run(readPlan(slot, 0, bytes, this.#pieceBytes, onProgress), options.signal);
    if (toHex(bitstreamDigest(bytes)) !== toHex(digest))
      throw new DeviceError('digestMismatch', `read of slot ${slot}`);
    return bytes;
  }

  /**
   * Reads what the bitstream in a slot says of itself: its size, inputs, outputs, name, classes. Weights are not read.
   * @throws DeviceError as `readSlot` does; FormatError when the bytes are damaged
   */
  async readDescription(slot: number, signal?: AbortSignal): Promise<BitstreamSummary> {
    await this.#filled(slot, signal);
    return summarizeBitstream(async (offset, length) => {
      const bytes = new Uint8Array(length);
      await this.#link.run(
        readPlan(slot, offset, bytes, this.#pieceBytes, () => undefined),
        signal,
      );
      return bytes;
    });
  }

  /**
   * Runs the active circuit on one input up to and including a layer, and returns the layer's values: integers, in the
   * order of the bitstream.
   *
   * @param bitstream that the device runs
   * @param input as `packInput` of @adiabit/simulator makes it
   * @param layer from 0 on; -1 for the input as the first layer takes it, prepared and less its zero points
   * @throws DeviceError `device.unknown-message` when the firmware is older than protocol 1.2
   */
  async layerValues(
    { network, memory }: Pick<Bitstream, 'network' | 'memory'>,
    input: Uint8Array,
    layer: number,
    signal?: AbortSignal,
  ): Promise<Int32Array> {
    this.#mustInspect('values');
    const { count, form } = layer < 0 ? storedInput(network) : storedLayer(network, memory, layer);
    const bytes = new Uint8Array(packedBytes(form, count));
    await this.#link.run(valuesPlan(input, layer + 1, bytes, this.#pieceBytes), signal);
    const values = readStoredValues(form, count, bytes);
    const { zeroPoints } = network.input;
    return layer >= 0 || zeroPoints === undefined
      ? values
      : values.map((value, index) => value - zeroPoints[index % zeroPoints.length]);
  }

  /**
   * Asks for the samples that the device has read from its sensor since number `from`, as many as one reply holds.
   * @param from FROM_NOW for none, but the number of the next one
   * @throws DeviceError `device.unknown-message` when the firmware has no sensor
   */
  samples(from: number, signal?: AbortSignal): Promise<SensorSamples> {
    return this.#request({ type: 'samples', from }, signal);
  }

  /** Whether the firmware tells layers' values and reads slots back, as far as is known. */
  get canInspect(): boolean {
    return this.#device.protocol.minor >= INSPECTING_MINOR && !this.#tellsClassOnly;
  }

  /** Whether an inference has shown that the firmware is built to tell the class alone. */
  get tellsClassOnly(): boolean {
    return this.#tellsClassOnly;
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
      this.#tellsClassOnly = inference.outputs.length === 0;
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

  /** @throws DeviceError when the slot holds nothing, or the firmware cannot read it */
  async #filled(slot: number, signal: AbortSignal | undefined): Promise<SlotDescription> {
    this.#mustInspect('read');
    const entry = (await this.slots(signal)).at(slot);
    if (entry === undefined || entry.state === 'empty')
      throw new DeviceError('slotUnavailable', `read of slot ${slot}`);
    return entry;
  }

  #mustInspect(asked: string): void {
    if (!this.canInspect) throw new DeviceError('unknownMessage', asked);
  }

  async #request<T extends RequestType>(request: Request & { readonly type: T }, signal?: AbortSignal) {
    return acceptedValue<T>(request, await ask(this.#link, request, signal));
  }
}

const storedInput = ({ input: { count, bits } }: Network) => ({ count, form: bits === 1 ? 'bits' : 'u8' }) as const;

const storedLayer = ({ layers }: Network, { outputs }: MemoryPlan, layer: number) => ({
  count: outputsOf(layers[layer]),
  form: outputs[layer].form,
});

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
