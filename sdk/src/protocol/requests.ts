import { MESSAGE_TYPE, PROTOCOL_MAJOR, PROTOCOL_MINOR } from './constants.js';
import { wireBytesOf, type WireFrame } from './frames.js';

/** What a host can ask. `slot` counts from 0, offsets and sizes are bytes. */
export type Request =
  | { readonly type: 'hello' }
  | { readonly type: 'slots' }
  /** Makes `slot` ready for `totalBytes` whose SHA-256 is `digest` (32 bytes). */
  | (MayErase & { readonly type: 'begin'; readonly totalBytes: number; readonly digest: Uint8Array })
  | { readonly type: 'write'; readonly offset: number; readonly data: Uint8Array }
  | { readonly type: 'verify' | 'activate'; readonly slot: number }
  | (MayErase & { readonly type: 'confirm' })
  | { readonly type: 'input'; readonly offset: number; readonly data: Uint8Array }
  | { readonly type: 'infer' }
  | { readonly type: 'reset' }
  /** Asks for bytes of the bitstream in a slot. */
  | { readonly type: 'read'; readonly slot: number; readonly offset: number; readonly length: number }
  /** Runs the first `layers` layers on the input, and asks for bytes of the last one's values; of the input when 0. */
  | { readonly type: 'values'; readonly layers: number; readonly offset: number; readonly length: number }
  /** Asks for the samples of a sensor from number `from` on; for none, but where it is, if `from` is FROM_NOW. */
  | { readonly type: 'samples'; readonly from: number }
  /** Shows the manifest of what `begin` will announce. */
  | { readonly type: 'authorize'; readonly manifest: Uint8Array }
  /** Puts other keys in force: a manifest, then a key table. */
  | { readonly type: 'keys'; readonly signedTable: Uint8Array };

/** What a device may put off (`docs/formats/link.md`, Wear). */
interface MayErase {
  readonly slot: number;
  /** How often the slot has been erased, for the time that the host waits; not on the line. */
  readonly erases?: number | undefined;
}

/** Asks a sensor for the number of its next sample. */
export const FROM_NOW = 0xffff_ffff;

export type RequestType = Request['type'];

/** Payload bytes before the data in `write` and `input`. */
export const DATA_HEAD_BYTES = 4;

/** Returns the frame that asks `request`; `sequence` (0..65535) comes back in the reply. */
export const encodeRequest = (request: Request, sequence: number): WireFrame => ({
  type: MESSAGE_TYPE[request.type],
  sequence,
  payload: payloadOf(request),
});

/** Returns the bytes of line that a request takes of the window: its own or, when that is known to be longer, its reply's. */
export const windowBytesOf = (request: Request, wireBytes: number): number =>
  request.type === 'read' || request.type === 'values'
    ? Math.max(wireBytes, wireBytesOf(1 + request.length))
    : wireBytes;

/** Returns what a request asks, in words for messages: "write at byte 512". */
export function describeRequest(request: Request): string {
  switch (request.type) {
    case 'write':
    case 'input':
      return `${request.type} at byte ${request.offset}`;
    case 'begin':
    case 'verify':
    case 'activate':
    case 'confirm':
      return `${request.type} of slot ${request.slot}`;
    case 'read':
      return `read of slot ${request.slot} at byte ${request.offset}`;
    case 'samples':
      return request.from === FROM_NOW ? 'samples from now on' : `samples from ${request.from} on`;
    case 'values':
      return `values of layer ${request.layers} at byte ${request.offset}`;
    default:
      return request.type;
  }
}

function payloadOf(request: Request): Uint8Array {
  switch (request.type) {
    case 'hello':
      return Uint8Array.of(PROTOCOL_MAJOR, PROTOCOL_MINOR);
    case 'begin':
      return Uint8Array.of(request.slot, ...u32(request.totalBytes), ...request.digest);
    case 'write':
    case 'input': {
      const payload = new Uint8Array(DATA_HEAD_BYTES + request.data.length);
      payload.set(u32(request.offset));
      payload.set(request.data, DATA_HEAD_BYTES);
      return payload;
    }
    case 'verify':
    case 'activate':
    case 'confirm':
      return Uint8Array.of(request.slot);
    case 'read':
      return piece(request.slot, request);
    case 'values':
      return piece(request.layers, request);
    case 'samples':
      return u32(request.from);
    case 'authorize':
      return request.manifest;
    case 'keys':
      return request.signedTable;
    case 'slots':
    case 'infer':
    case 'reset':
      return new Uint8Array(0);
  }
}

const piece = (of: number, { offset, length }: { readonly offset: number; readonly length: number }): Uint8Array =>
  Uint8Array.of(of, ...u32(offset), length & 0xff, length >> 8);

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
