import { sha256 } from '@noble/hashes/sha2.js';
import { crc32 } from '../../bits/crc32.js';
import type { Frame } from '../../bitstream/frames.js';
import { DIGEST_BYTES, FRAME, HEADER, MAGIC, VERSION_MAJOR, paddedTo4 } from '../../bitstream/layout.js';
import type { CircuitShape } from '../../bitstream/shape.js';
import { FormatError } from '../../errors.js';

/** The head of a frame whose payload comes next. */
export interface FrameHead {
  readonly index: number;
  readonly kind: number;
  readonly layer: number;
  readonly start: number;
  /** The bytes of the payload, without padding. */
  readonly payloadBytes: number;
  readonly view: DataView<ArrayBuffer>;
}

/**
 * A bitstream that is checked while it arrives. Each byte is read once, in order. Only the current frame is kept: its
 * CRC is checked when it is complete, and the digest at the end. All methods throw a FormatError with the offset at
 * which the bytes stop being a bitstream.
 */
export class IncomingBitstream {
  readonly #stream: Iterator<number>;
  readonly #digest = sha256.create();
  #offset = 0;
  #frame = 0;
  #totalBytes = 0;
  #frameCount = 0;

  constructor(bytes: Iterable<number>) {
    this.#stream = bytes[Symbol.iterator]();
  }

  /** The offset of the next byte. */
  get at(): number {
    return this.#offset;
  }

  header(): CircuitShape {
    const header = this.#take(HEADER.size);
    if (header.getUint32(HEADER.magic, true) !== MAGIC) throw refusal('bad-magic', 0, 'does not start with "ABIT"');
    if (header.getUint8(HEADER.versionMajor) !== VERSION_MAJOR)
      throw refusal('unsupported-version', HEADER.versionMajor, 'has another version');
    if (header.getUint32(HEADER.crc32, true) !== crcOf(header, HEADER.crc32))
      throw refusal('crc-mismatch', HEADER.crc32, 'has a damaged header');
    this.#digest.update(new Uint8Array(header.buffer));
    this.#totalBytes = header.getUint32(HEADER.totalBytes, true);
    this.#frameCount = header.getUint32(HEADER.frameCount, true);
    return {
      inputCount: header.getUint32(HEADER.inputCount, true),
      inputBits: header.getUint8(HEADER.inputBits),
      layerCount: header.getUint8(HEADER.layerCount),
      outputCount: header.getUint32(HEADER.outputCount, true),
    };
  }

  /**
   * Reads the next frame's head; undefined after the last frame. The caller must then take the payload with `bytesOf`
   * and call `close`.
   */
  nextHead(): FrameHead | undefined {
    if (this.#frame === this.#frameCount) return undefined;
    const start = this.#offset;
    const view = this.#take(FRAME.size);
    return {
      index: this.#frame++,
      start,
      view,
      kind: view.getUint8(FRAME.kind),
      layer: view.getUint8(FRAME.layer),
      payloadBytes: view.getUint32(FRAME.payloadBytes, true),
    };
  }

  /** Gives the bytes of a payload and its padding as they arrive. */
  *bytesOf({ payloadBytes }: FrameHead): Generator<number> {
    for (let left = paddedTo4(payloadBytes); left > 0; left--) yield this.#nextByte();
  }

  /** Checks the CRC of a frame whose payload and padding have arrived. */
  close({ index, start, view }: FrameHead, payload: Uint8Array): void {
    if (view.getUint32(FRAME.crc32, true) !== crc32(payload, crcOf(view, FRAME.crc32)))
      throw refusal('crc-mismatch', start, `is damaged in frame ${index}`);
    this.#digest.update(new Uint8Array(view.buffer)).update(payload);
  }

  /** Reads the next whole frame and checks its CRC; undefined after the last frame. */
  nextFrame(): Frame | undefined {
    const head = this.nextHead();
    if (head === undefined) return undefined;
    const { kind, layer, start, payloadBytes } = head;
    const bytes = Uint8Array.from(this.bytesOf(head));
    this.close(head, bytes);
    return { kind, layer, start, offset: start + FRAME.size, payload: new DataView(bytes.buffer, 0, payloadBytes) };
  }

  /** Checks the end of the file: the digest of all bytes before it, and nothing else. */
  end(): void {
    const expected = this.#digest.digest();
    const stored = this.#take(DIGEST_BYTES);
    if (!expected.every((byte, index) => byte === stored.getUint8(index)))
      throw refusal('digest-mismatch', this.#offset - DIGEST_BYTES, 'is damaged');
    if (this.#stream.next().done !== true || this.#totalBytes !== this.#offset)
      throw refusal('bad-value', HEADER.totalBytes, 'has another length than it says');
  }

  #nextByte(): number {
    const result = this.#stream.next();
    if (result.done === true) throw refusal('truncated', this.#offset, 'ends too early');
    this.#offset++;
    return result.value;
  }

  #take(count: number): DataView<ArrayBuffer> {
    return new DataView(Uint8Array.from({ length: count }, () => this.#nextByte()).buffer);
  }
}

const crcOf = (view: DataView<ArrayBuffer>, end: number): number => crc32(new Uint8Array(view.buffer, 0, end));

/** Makes the error that keeps a circuit stopped. */
export const refusal = (
  code: ConstructorParameters<typeof FormatError>[0],
  offset: number,
  what: string,
): FormatError =>
  new FormatError(code, `The bitstream ${what} (at byte ${offset}); the circuit stays stopped. Send it again.`, {
    offset,
  });
