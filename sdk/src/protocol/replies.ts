import { toHex } from '@adiabit/simulator/bits';
import { layout, PRODUCT_NAME } from '@adiabit/simulator/bitstream';
import { visible } from '@adiabit/simulator/text';
import {
  BOARD_ID,
  COUNTER_UNIT,
  HELLO_REPLY,
  LAYER_KINDS,
  MESSAGE_TYPE,
  NO_SLOT,
  PROTOCOL_MAJOR,
  REPLY_BIT,
  SLOT_ENTRY,
  SLOT_STATE,
  STATUS,
  TYPE_NAK,
  type CounterUnit,
  type LayerKinds,
  type SlotState,
  type StatusName,
} from './constants.js';
import { ProtocolError } from './errors.js';
import type { WireFrame } from './frames.js';
import type { RequestType } from './requests.js';

/** What a device says about itself in its reply to hello. */
export interface DeviceDescription {
  /** As in firmware-templates/boards.json. */
  readonly boardId: string;
  readonly protocol: Version;
  /** Major version of the bitstreams that the firmware reads. */
  readonly formatMajor: number;
  /** The layers that it runs. */
  readonly layerKinds: LayerKinds;
  readonly firmware: Version;
  readonly slotCount: number;
  /** The slot whose circuit answers, undefined when none does. */
  readonly activeSlot: number | undefined;
  /** What the counter of an inference counts. */
  readonly counterUnit: CounterUnit;
  /** Counts per second, 0 when the counter does not measure time. */
  readonly counterHz: number;
  /** Largest request payload the device takes. */
  readonly maxPayloadBytes: number;
  /** Wire bytes that may be un-acknowledged. */
  readonly windowBytes: number;
  /** Largest bitstream a slot holds. */
  readonly slotBytes: number;
  /** RAM for one circuit, see `workBytesOf`. */
  readonly workBytes: number;
  /** Whether it says that it runs only what is signed by a key that it trusts. */
  readonly checksSignatures: boolean;
  /** The chip's own id, hexadecimal; undefined when it has none or the firmware is older than protocol 1.2. */
  readonly chipId: string | undefined;
  /** What it says that it trusts; undefined when it checks no signatures or the firmware is older than protocol 1.3. */
  readonly trust: DeviceTrust | undefined;
}

/** Whose circuits a device takes, and which of them. */
export interface DeviceTrust {
  /** What its firmware was built for. */
  readonly product: string;
  /** Fingerprints of the keys that count. */
  readonly keyIds: readonly string[];
  /** The highest one that was confirmed: circuits below it are refused. */
  readonly securityCounter: number;
  /** Version of its key table; 0 while the keys are those that its firmware was built with. */
  readonly tableVersion: number;
}

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** One slot as the device reports it. */
export interface SlotDescription {
  readonly slot: number;
  readonly state: SlotState;
  readonly totalBytes: number;
  /** Rises with every confirmed image; the highest one boots. */
  readonly sequence: number;
  /** SHA-256 of the stored bitstream, all zero when empty. */
  readonly digest: Uint8Array;
  /** How often it has been erased, up to 65,535; 0 of firmware that does not count. */
  readonly erases: number;
}

/** One answer of the circuit. */
export interface Inference {
  /** Position of the largest output. */
  readonly class: number;
  /** Empty of firmware that is built to tell the class alone. */
  readonly outputs: Int32Array;
  /** Time the inference took on the device, in its `counterUnit`. */
  readonly counter: number;
}

/** Samples that a device has read from its sensor. */
export interface SensorSamples {
  readonly channels: number;
  /** Samples a second. */
  readonly sampleRateHz: number;
  /** The number of the first one, counted from the start of the device, modulo 2^32. */
  readonly first: number;
  /** Raw counts, the channels of a sample together. */
  readonly values: Int32Array;
}

/** What each reply carries when the device did what was asked. */
export interface ReplyValues {
  readonly hello: DeviceDescription;
  readonly slots: readonly SlotDescription[];
  readonly begin: undefined;
  readonly write: { readonly nextOffset: number };
  readonly verify: { readonly totalBytes: number; readonly digest: Uint8Array };
  readonly activate: { readonly goldenVectors: number; readonly mismatches: number };
  readonly confirm: { readonly sequence: number };
  readonly input: undefined;
  readonly infer: Inference;
  readonly reset: undefined;
  /** Bytes of a slot. */
  readonly read: Uint8Array;
  /** Bytes of a layer's values. */
  readonly values: Uint8Array;
  readonly samples: SensorSamples;
  readonly authorize: undefined;
  readonly keys: undefined;
}

/** A reply by its type and status; some carry fields although the device refused. */
export type Reply =
  | {
      readonly [T in RequestType]: { readonly type: T; readonly status: 'ok'; readonly value: ReplyValues[T] };
    }[RequestType]
  | { readonly type: 'hello'; readonly status: 'versionMismatch'; readonly value: DeviceDescription }
  | { readonly type: 'write'; readonly status: Refusal; readonly value: ReplyValues['write'] }
  | { readonly type: Exclude<RequestType, 'write'>; readonly status: Refusal; readonly value?: undefined };
export type Refusal = Exclude<StatusName, 'ok' | 'versionMismatch'>;

export type DeviceMessage =
  | { readonly kind: 'reply'; readonly sequence: number; readonly reply: Reply }
  /** The device got a frame that it could not read. */
  | { readonly kind: 'nak' };

const nameByNumber = <Name extends string>(table: Readonly<Record<Name, number>>): ReadonlyMap<number, Name> =>
  new Map((Object.keys(table) as Name[]).map((name) => [table[name], name]));

const { KEY_ID_BYTES } = layout;

const TYPES = nameByNumber(MESSAGE_TYPE);
const STATES = nameByNumber(SLOT_STATE);
const UNITS = nameByNumber(COUNTER_UNIT);
const STATUSES: ReadonlyMap<number, StatusName> = new Map(
  (Object.keys(STATUS) as StatusName[]).map((name) => [STATUS[name].value, name]),
);

/**
 * Reads a frame that came from a device.
 * @throws ProtocolError `protocol.unexpected-reply` when it is none that a device may send.
 */
export function decodeDeviceMessage(frame: WireFrame): DeviceMessage {
  if (frame.type === TYPE_NAK) return { kind: 'nak' };
  const type = frame.type & REPLY_BIT ? TYPES.get(frame.type & ~REPLY_BIT) : undefined;
  if (type === undefined) {
    const isRequest = TYPES.get(frame.type);
    throw unexpected(
      isRequest === undefined
        ? `a frame of unknown type 0x${frame.type.toString(16).padStart(2, '0')}`
        : `the request "${isRequest}", as if the line echoed what the host sends`,
    );
  }
  return { kind: 'reply', sequence: frame.sequence, reply: decodeReply(type, frame.payload) };
}

function decodeReply(type: RequestType, payload: Uint8Array): Reply {
  const fields = new Fields(type, payload);
  const statusNumber = fields.u8();
  const status = STATUSES.get(statusNumber);
  if (status === undefined) throw unexpected(`a reply to ${type} with the unknown status ${statusNumber}`);
  if (type === 'hello' && (status === 'ok' || status === 'versionMismatch')) {
    return { type, status, value: decodeHello(fields) };
  }
  if (status === 'versionMismatch') throw unexpected(`the status versionMismatch in a reply to ${type}`);
  const reply: Reply =
    type === 'write'
      ? { type, status, value: { nextOffset: fields.u32() } }
      : status === 'ok'
        ? decodeAccepted(type, fields)
        : { type, status };
  fields.end();
  return reply;
}

function decodeAccepted(type: Exclude<RequestType, 'write'>, fields: Fields): Reply {
  const status = 'ok';
  switch (type) {
    case 'hello':
      return { type, status, value: decodeHello(fields) };
    case 'slots':
      return { type, status, value: decodeSlots(fields) };
    case 'verify':
      return { type, status, value: { totalBytes: fields.u32(), digest: fields.bytes(32) } };
    case 'activate':
      return { type, status, value: { goldenVectors: fields.u32(), mismatches: fields.u32() } };
    case 'confirm':
      return { type, status, value: { sequence: fields.u32() } };
    case 'infer':
      return { type, status, value: decodeInference(fields) };
    case 'read':
    case 'values':
      return { type, status, value: fields.bytes(fields.remaining) };
    case 'samples':
      return { type, status, value: decodeSamples(fields) };
    case 'begin':
    case 'authorize':
    case 'keys':
    case 'input':
    case 'reset':
      return { type, status, value: undefined };
  }
}

/** @throws ProtocolError `protocol.unexpected-reply` for what is no board id */
function boardIdOf(bytes: Uint8Array): string {
  const id = String.fromCharCode(...bytes);
  if (BOARD_ID.test(id)) return id;
  throw unexpected(`a hello with the board id "${visible(id)}", which is not made of a to z, 0 to 9 and hyphens`);
}

/** Decodes the reply to hello. A newer minor version may add fields after the ones known here. */
function decodeHello(fields: Fields): DeviceDescription {
  const version = (major: number): Version => ({ major: fields.u8At(major), minor: fields.u8At(major + 1) });
  const unit = fields.u8At(HELLO_REPLY.counterUnit);
  const counterUnit = UNITS.get(unit);
  if (counterUnit === undefined) throw unexpected(`a hello with the unknown counter unit ${unit}`);
  const activeSlot = fields.u8At(HELLO_REPLY.activeSlot);
  const idLength = fields.u8At(HELLO_REPLY.boardIdLength);
  const boardId = fields.bytesAt(HELLO_REPLY.boardId, idLength);
  const protocol = version(HELLO_REPLY.protocolMajor);
  const behindId = HELLO_REPLY.boardId + idLength;
  const checksSignatures = protocol.minor >= 1 && fields.u8At(behindId) === 1;
  return {
    boardId: boardIdOf(boardId),
    protocol,
    formatMajor: fields.u8At(HELLO_REPLY.formatMajor),
    layerKinds: fields.u8At(HELLO_REPLY.layerKinds) === LAYER_KINDS.counting ? 'counting' : 'every',
    firmware: version(HELLO_REPLY.firmwareMajor),
    slotCount: fields.u8At(HELLO_REPLY.slotCount),
    activeSlot: activeSlot === NO_SLOT ? undefined : activeSlot,
    counterUnit,
    counterHz: fields.u32At(HELLO_REPLY.counterHz),
    maxPayloadBytes: fields.u16At(HELLO_REPLY.maxPayloadBytes),
    windowBytes: fields.u16At(HELLO_REPLY.windowBytes),
    slotBytes: fields.u32At(HELLO_REPLY.slotBytes),
    workBytes: fields.u32At(HELLO_REPLY.workBytes),
    checksSignatures,
    chipId: protocol.minor >= 2 ? chipIdAt(fields, behindId + 1) : undefined,
    trust:
      protocol.major === PROTOCOL_MAJOR && protocol.minor >= 3 && checksSignatures
        ? trustAt(fields, behindId + 2 + fields.u8At(behindId + 1))
        : undefined,
  };
}

/** @throws ProtocolError `protocol.unexpected-reply` for what is no name of a product */
function trustAt(fields: Fields, offset: number): DeviceTrust {
  const productLength = fields.u8At(offset);
  const product = String.fromCharCode(...fields.bytesAt(offset + 1, productLength));
  if (!PRODUCT_NAME.test(product)) throw unexpected(`a hello with the product "${visible(product)}"`);
  const keysAt = offset + 1 + productLength;
  const keyCount = fields.u8At(keysAt);
  const behindKeys = keysAt + 1 + KEY_ID_BYTES * keyCount;
  return {
    product,
    keyIds: Array.from({ length: keyCount }, (_, place) =>
      toHex(fields.bytesAt(keysAt + 1 + KEY_ID_BYTES * place, KEY_ID_BYTES)),
    ),
    securityCounter: fields.u32At(behindKeys),
    tableVersion: fields.u32At(behindKeys + 4),
  };
}

function chipIdAt(fields: Fields, offset: number): string | undefined {
  const length = fields.u8At(offset);
  return length === 0 ? undefined : toHex(fields.bytesAt(offset + 1, length));
}

function decodeSlots(fields: Fields): SlotDescription[] {
  const count = fields.remaining / SLOT_ENTRY.size;
  if (!Number.isInteger(count)) throw unexpected(`a reply to slots with ${fields.remaining} bytes of entries`);
  return Array.from({ length: count }, (_, slot) => {
    const at = 1 + slot * SLOT_ENTRY.size;
    const stateNumber = fields.u8At(at + SLOT_ENTRY.state);
    const state = STATES.get(stateNumber);
    if (state === undefined) throw unexpected(`slot ${slot} in the unknown state ${stateNumber}`);
    fields.bytes(SLOT_ENTRY.size);
    return {
      slot,
      state,
      totalBytes: fields.u32At(at + SLOT_ENTRY.totalBytes),
      sequence: fields.u32At(at + SLOT_ENTRY.sequence),
      digest: fields.bytesAt(at + SLOT_ENTRY.digest, 32),
      erases: fields.u16At(at + SLOT_ENTRY.erases),
    };
  });
}

function decodeInference(fields: Fields): Inference {
  const position = fields.u16();
  const outputCount = fields.u16();
  const counter = fields.u32();
  if (outputCount > 0 && position >= outputCount) throw unexpected(`class ${position} of only ${outputCount} outputs`);
  const outputs = Int32Array.from({ length: outputCount }, () => fields.u32());
  return { class: position, outputs, counter };
}

function decodeSamples(fields: Fields): SensorSamples {
  const channels = fields.u8();
  const valueBytes = fields.u8();
  const sampleRateHz = fields.u32() / 1000;
  const first = fields.u32();
  const count = fields.u16();
  if (channels === 0 || sampleRateHz === 0 || (valueBytes !== 2 && valueBytes !== 4))
    throw unexpected(`samples of ${channels} channels with ${valueBytes} bytes a value at ${sampleRateHz} Hz`);
  const read = valueBytes === 2 ? () => (fields.u16() << 16) >> 16 : () => fields.u32() | 0;
  return { channels, sampleRateHz, first, values: Int32Array.from({ length: count * channels }, read) };
}

/** The fields of a reply in order, or by offset from the status byte; reading past the end is an unexpected reply. */
class Fields {
  readonly #type: RequestType;
  readonly #payload: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(type: RequestType, payload: Uint8Array) {
    this.#type = type;
    this.#payload = payload;
    this.#view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  }

  get remaining(): number {
    return this.#payload.length - this.#at;
  }

  u8 = (): number => this.u8At(this.#advance(1));
  u16 = (): number => this.u16At(this.#advance(2));
  u32 = (): number => this.u32At(this.#advance(4));
  bytes = (length: number): Uint8Array => this.bytesAt(this.#advance(length), length);

  u8At = (offset: number): number => this.#view.getUint8(this.#check(offset, 1));
  u16At = (offset: number): number => this.#view.getUint16(this.#check(offset, 2), true);
  u32At = (offset: number): number => this.#view.getUint32(this.#check(offset, 4), true);
  bytesAt = (offset: number, length: number): Uint8Array => {
    this.#check(offset, length);
    return this.#payload.slice(offset, offset + length);
  };

  end(): void {
    if (this.remaining !== 0) throw this.#wrongLength();
  }

  #advance(length: number): number {
    const at = this.#at;
    this.#check(at, length);
    this.#at += length;
    return at;
  }

  #check(offset: number, length: number): number {
    if (offset + length > this.#payload.length) throw this.#wrongLength();
    return offset;
  }

  #wrongLength = (): ProtocolError =>
    unexpected(`a reply to ${this.#type} of ${this.#payload.length} bytes, which is not its length`);
}

const unexpected = (what: string): ProtocolError =>
  new ProtocolError(
    'unexpected-reply',
    `The device sent ${what}. Check that it runs Adiabit firmware of this version; flash the firmware again if it does.`,
  );
