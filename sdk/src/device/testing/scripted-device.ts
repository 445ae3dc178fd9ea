import { HELLO_REPLY, MESSAGE_TYPE, REPLY_BIT, STATUS, TYPE_NAK } from '../../protocol/constants.js';
import { encodeFrame, FrameDecoder, type WireFrame } from '../../protocol/frames.js';
import { TransportError } from '../errors.js';
import { Listeners, type Transport } from '../transport.js';

/** What happens to one request: handled; lost; handled but the reply is lost; arrives or answers damaged. */
export type Fate = 'pass' | 'lose' | 'loseReply' | 'damage' | 'damageReply' | 'duplicateReply';

export interface ScriptedDeviceOptions {
  readonly windowBytes?: number;
  readonly maxPayloadBytes?: number;
  readonly protocolMajor?: number;
  /** Decides per request, counting from 0 after the hello. If absent, everything passes. */
  readonly fate?: (index: number) => Fate;
}

/**
 * The smallest device that shows whether a host keeps its requests together: an input buffer, and an inference that
 * answers with what the buffer holds; a store that takes writes in order. It answers one request per turn of the event
 * loop and measures how many bytes wait for it.
 */
export class ScriptedDevice implements Transport {
  readonly description = 'scripted device';
  /** Requests handled or lost, as `type` numbers. */
  readonly seen: number[] = [];
  /** Most bytes that have waited at once, apart from delimiters that flush. */
  mostWaitingBytes = 0;
  readonly buffer = new Uint8Array(4);
  stored: number[] = [];

  readonly #options: ScriptedDeviceOptions;
  readonly #data = new Listeners<Uint8Array>();
  readonly #closed = new Listeners<TransportError | undefined>();
  readonly #waiting: Uint8Array[] = [];
  readonly #decoder = new FrameDecoder();
  #requests = 0;

  constructor(options: ScriptedDeviceOptions = {}) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(0, at) + 1;
      this.#waiting.push(bytes.slice(at, end));
      at = end;
    }
    const waiting = this.#waiting.reduce((total, frame) => total + (frame.length > 1 ? frame.length : 0), 0);
    this.mostWaitingBytes = Math.max(this.mostWaitingBytes, waiting);
    setImmediate(() => this.#handleNext());
    return Promise.resolve();
  }

  onData = (listener: (bytes: Uint8Array) => void): (() => void) => this.#data.add(listener);
  onClose = (listener: (error: TransportError | undefined) => void): (() => void) => this.#closed.add(listener);
  close = (): Promise<void> => Promise.resolve();

  /** The cable is pulled. */
  vanish(): void {
    this.#closed.emit(new TransportError('disconnected', 'The scripted device is gone.'));
  }

  /** Sends any bytes to the host. */
  say(bytes: Uint8Array): void {
    this.#data.emit(bytes);
  }

  #handleNext(): void {
    const bytes = this.#waiting.shift();
    if (!bytes) return;
    for (const event of this.#decoder.push(bytes)) if (event.kind === 'frame') this.#handle(event.frame);
    if (this.#waiting.length > 0) setImmediate(() => this.#handleNext());
  }

  #handle(frame: WireFrame): void {
    this.seen.push(frame.type);
    const isHello = frame.type === MESSAGE_TYPE.hello;
    const fate = isHello ? 'pass' : (this.#options.fate?.(this.#requests++) ?? 'pass');
    if (fate === 'lose') return;
    if (fate === 'damage') {
      this.say(encodeFrame({ type: TYPE_NAK, sequence: 0, payload: Uint8Array.of(STATUS.badFrame.value) }));
      return;
    }
    const reply = encodeFrame({ ...frame, type: frame.type | REPLY_BIT, payload: this.#payload(frame) });
    if (fate === 'loseReply') return;
    if (fate === 'damageReply') reply[1] ^= 0x10;
    this.say(reply);
    if (fate === 'duplicateReply') this.say(reply);
  }

  #payload({ type, payload }: WireFrame): Uint8Array {
    const offset = payload.length >= 4 ? new DataView(payload.buffer, payload.byteOffset).getUint32(0, true) : 0;
    switch (type) {
      case MESSAGE_TYPE.hello:
        return this.#hello();
      case MESSAGE_TYPE.input:
        this.buffer.set(payload.subarray(4), offset);
        return Uint8Array.of(STATUS.ok.value);
      case MESSAGE_TYPE.infer:
        return Uint8Array.of(STATUS.ok.value, 0, 0, 1, 0, 0, 0, 0, 0, ...this.buffer);
      case MESSAGE_TYPE.write: {
        const isNext = offset === this.stored.length;
        if (isNext) this.stored.push(...payload.subarray(4));
        const status = offset <= this.stored.length ? STATUS.ok : STATUS.outOfOrder;
        const nextOffset = this.stored.length;
        return Uint8Array.of(status.value, nextOffset & 0xff, nextOffset >>> 8, 0, 0);
      }
      default:
        return Uint8Array.of(STATUS.ok.value);
    }
  }

  #hello(): Uint8Array {
    const { protocolMajor = 1, windowBytes = 256, maxPayloadBytes = 64 } = this.#options;
    const boardId = new TextEncoder().encode('scripted');
    const payload = new Uint8Array(HELLO_REPLY.boardId + boardId.length);
    payload.set(boardId, HELLO_REPLY.boardId);
    const view = new DataView(payload.buffer);
    view.setUint8(HELLO_REPLY.status, protocolMajor === 1 ? STATUS.ok.value : STATUS.versionMismatch.value);
    view.setUint8(HELLO_REPLY.protocolMajor, protocolMajor);
    view.setUint8(HELLO_REPLY.boardIdLength, boardId.length);
    view.setUint16(HELLO_REPLY.maxPayloadBytes, maxPayloadBytes, true);
    view.setUint16(HELLO_REPLY.windowBytes, windowBytes, true);
    return payload;
  }
}
