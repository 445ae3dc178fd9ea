import { crc32 } from '@adiabit/simulator/bits';
import { cobsDecode, cobsEncode, cobsMaximumBytes } from './cobs.js';
import { FRAME_OVERHEAD_BYTES } from './constants.js';

/** One frame of the line, taken out of its wrapping: COBS( type u8 | sequence u16 | payload | crc32 u32 ) 0x00. */
export interface WireFrame {
  /** 0..255: a request type, a reply type, or TYPE_NAK. */
  readonly type: number;
  /** 0..65535. */
  readonly sequence: number;
  readonly payload: Uint8Array;
}

export type DamageReason = 'encoding' | 'checksum' | 'too-short' | 'too-long';

export type FrameEvent =
  | { readonly kind: 'frame'; readonly frame: WireFrame }
  /** A frame that could not be read. `bytes` are as they arrived (the first ones only, when there were too many). */
  | { readonly kind: 'damage'; readonly reason: DamageReason; readonly bytes: Uint8Array };

/** Ends every frame; also flushes whatever a receiver holds of a broken one. */
export const DELIMITER = 0x00;

const HEAD_BYTES = 3;
const CRC_BYTES = FRAME_OVERHEAD_BYTES - HEAD_BYTES;

/** The largest payload a reply can have, in bytes: `outputCount` is 16 bits wide. */
export const MAX_REPLY_PAYLOAD_BYTES = 9 + 4 * 0xffff;

/** Returns the most wire bytes of a frame with `payloadBytes` of payload, delimiter included. */
export const wireBytesOf = (payloadBytes: number): number => cobsMaximumBytes(payloadBytes + FRAME_OVERHEAD_BYTES) + 1;

/** Returns the bytes of a frame as they go over the line, delimiter included. */
export function encodeFrame(frame: WireFrame): Uint8Array {
  const body = new Uint8Array(frame.payload.length + FRAME_OVERHEAD_BYTES);
  const view = new DataView(body.buffer);
  const crcAt = body.length - CRC_BYTES;
  view.setUint8(0, frame.type);
  view.setUint16(1, frame.sequence, true);
  body.set(frame.payload, HEAD_BYTES);
  view.setUint32(crcAt, crc32(body.subarray(0, crcAt)), true);
  const encoded = cobsEncode(body);
  const wire = new Uint8Array(encoded.length + 1);
  wire.set(encoded);
  return wire;
}

/** Reads one frame without its delimiter. */
function decodeFrame(encoded: Uint8Array): FrameEvent {
  const damage = (reason: DamageReason): FrameEvent => ({ kind: 'damage', reason, bytes: encoded });
  const body = cobsDecode(encoded);
  if (body === undefined) return damage('encoding');
  if (body.length < FRAME_OVERHEAD_BYTES) return damage('too-short');
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const crcAt = body.length - CRC_BYTES;
  if (view.getUint32(crcAt, true) !== crc32(body.subarray(0, crcAt))) return damage('checksum');
  const frame = { type: view.getUint8(0), sequence: view.getUint16(1, true), payload: body.slice(HEAD_BYTES, crcAt) };
  return { kind: 'frame', frame };
}

/**
 * Finds frames in a stream of bytes. How the stream is cut into pieces makes no difference; what is not a frame comes
 * out as damage, and the next delimiter puts everything right. Memory is bounded by the longest frame allowed.
 */
export class FrameDecoder {
  readonly #maxWireBytes: number;
  #buffer = new Uint8Array(256);
  #length = 0;
  #tooLong = false;

  constructor(maxPayloadBytes = MAX_REPLY_PAYLOAD_BYTES) {
    this.#maxWireBytes = wireBytesOf(maxPayloadBytes) - 1;
  }

  /** Takes the next bytes of the stream; gives the frames and the damage that they complete, in order. */
  push(bytes: Uint8Array): FrameEvent[] {
    const events: FrameEvent[] = [];
    let from = 0;
    while (from < bytes.length) {
      const delimiter = bytes.indexOf(DELIMITER, from);
      const to = delimiter < 0 ? bytes.length : delimiter;
      this.#append(bytes.subarray(from, to));
      from = to;
      if (delimiter < 0) break;
      from++;
      const event = this.#end();
      if (event) events.push(event);
    }
    return events;
  }

  /** The bytes of a frame that has begun and not ended. */
  get pending(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #append(piece: Uint8Array): void {
    const room = this.#maxWireBytes - this.#length;
    if (piece.length > room) this.#tooLong = true;
    const kept = piece.subarray(0, room);
    const needed = this.#length + kept.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#maxWireBytes, Math.max(needed, 2 * this.#buffer.length)));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(kept, this.#length);
    this.#length = needed;
  }

  #end(): FrameEvent | undefined {
    const encoded = this.pending;
    const tooLong = this.#tooLong;
    this.#length = 0;
    this.#tooLong = false;
    if (tooLong) return { kind: 'damage', reason: 'too-long', bytes: encoded };
    return encoded.length === 0 ? undefined : decodeFrame(encoded);
  }
}
