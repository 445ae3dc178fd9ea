/**
 * Numbers of the wire: the single source for both sides. The firmware's C header is generated from this file;
 * `docs/formats/link.md` is the specification. All integers are little-endian.
 *
 *     wire frame = COBS(type u8 | sequence u16 | payload | crc32 u32) 0x00
 */

export const PROTOCOL_MAJOR = 1;
export const PROTOCOL_MINOR = 3;

/** Bytes of a wire frame's body besides its payload: type, sequence number, CRC-32. */
export const FRAME_OVERHEAD_BYTES = 7;

/** A reply carries the request's type with this bit set, and the request's sequence number. */
export const REPLY_BIT = 0x80;

/** Sent by the device, with sequence 0, when a frame arrived that it could not read. */
export const TYPE_NAK = 0xff;

export const MESSAGE_TYPE = {
  hello: 0x01,
  slots: 0x02,
  begin: 0x03,
  write: 0x04,
  verify: 0x05,
  activate: 0x06,
  confirm: 0x07,
  input: 0x08,
  infer: 0x09,
  reset: 0x0a,
  read: 0x0b,
  values: 0x0c,
  samples: 0x0d,
  authorize: 0x0e,
  keys: 0x0f,
} as const;
export type MessageType = keyof typeof MESSAGE_TYPE;

/**
 * First payload byte of every reply. `code` is that of the error which a refusal becomes; `ERROR_CODES` says whether sending the
 * same request again can help.
 */
export const STATUS = {
  ok: { value: 0, meaning: 'done' },
  badFrame: { value: 1, code: 'device.bad-frame', meaning: 'a frame arrived damaged' },
  unknownMessage: {
    value: 2,
    code: 'device.unknown-message',
    meaning: 'the firmware does not know this message, or is built without it (class only)',
  },
  badLength: { value: 3, code: 'device.bad-length', meaning: 'the payload has the wrong length' },
  badArgument: { value: 4, code: 'device.bad-argument', meaning: 'an argument is out of range' },
  versionMismatch: {
    value: 5,
    code: 'device.version-mismatch',
    meaning: 'the firmware speaks another protocol version',
  },
  slotUnavailable: {
    value: 6,
    code: 'device.slot-unavailable',
    meaning: 'the slot does not exist, is active, or holds nothing usable',
  },
  tooLarge: { value: 7, code: 'device.too-large', meaning: 'the bitstream is larger than the slot' },
  outOfOrder: {
    value: 8,
    code: 'device.out-of-order',
    meaning: 'the offset is not the next one; nextOffset says which is',
  },
  eraseFailed: { value: 9, code: 'device.erase-failed', meaning: 'the flash could not be erased' },
  writeFailed: { value: 10, code: 'device.write-failed', meaning: 'the flash did not take the bytes' },
  incomplete: { value: 11, code: 'device.incomplete', meaning: 'not all bytes of the bitstream have been written' },
  digestMismatch: {
    value: 12,
    code: 'device.digest-mismatch',
    meaning: 'the stored bytes do not have the announced digest',
  },
  badBitstream: {
    value: 13,
    code: 'device.bad-bitstream',
    meaning: 'the stored bytes are not a bitstream this firmware can run',
  },
  noMemory: { value: 14, code: 'device.no-memory', meaning: 'the circuit needs more RAM than the board has' },
  selfTestFailed: { value: 15, code: 'device.self-test-failed', meaning: 'a golden vector gave other outputs' },
  noCircuit: { value: 16, code: 'device.no-circuit', meaning: 'no circuit is active' },
  badSignature: {
    value: 17,
    code: 'device.bad-signature',
    meaning: 'no manifest that a trusted key has signed speaks for these bytes',
  },
  unknownKey: { value: 18, code: 'device.unknown-key', meaning: 'the device does not trust the key that signed this' },
  otherProduct: { value: 19, code: 'device.other-product', meaning: 'this was signed for another product' },
  otherBoard: { value: 20, code: 'device.other-board', meaning: 'this was signed for another kind of board' },
  counterTooLow: {
    value: 21,
    code: 'device.counter-too-low',
    meaning: 'its security counter is below the highest one that was confirmed',
  },
  firmwareTooOld: { value: 22, code: 'device.firmware-too-old', meaning: 'it asks for newer firmware' },
  keyInUse: {
    value: 23,
    code: 'device.key-in-use',
    meaning: 'the key table leaves out the key of the circuit that boots',
  },
} as const;
export type StatusName = keyof typeof STATUS;
/** What a device answers instead of doing as asked. */
export type RefusalStatus = Exclude<StatusName, 'ok'>;

/** Life of an image in a slot: a reset leaves `confirmed` images only; `pending` and `test` do not start by themselves. */
export const SLOT_STATE = { empty: 0, pending: 1, test: 2, confirmed: 3 } as const;
export type SlotState = keyof typeof SLOT_STATE;

/** What `counter` in the reply to `infer` counts. */
export const COUNTER_UNIT = { none: 0, cycles: 1, instructions: 2, microseconds: 3 } as const;
export type CounterUnit = keyof typeof COUNTER_UNIT;

/** The layers that a firmware runs: counting ones in a row, or every kind. */
export const LAYER_KINDS = { counting: 0, every: 1 } as const;
export type LayerKinds = keyof typeof LAYER_KINDS;

/** `activeSlot` of hello when no circuit runs. */
export const NO_SLOT = 0xff;

/** Payload of the reply to hello, after the status byte (offsets count from the status byte). */
export const HELLO_REPLY = {
  status: 0, // u8, STATUS: ok or versionMismatch
  protocolMajor: 1, // u8, of the link
  protocolMinor: 2, // u8
  formatMajor: 3, // u8, bitstream version the firmware reads
  layerKinds: 4, // u8, LAYER_KINDS: the layers that the firmware runs
  firmwareMajor: 5, // u8, of the program; for people
  firmwareMinor: 6, // u8
  slotCount: 7, // u8, 1 or 2
  activeSlot: 8, // u8, the slot whose circuit answers; 255 when none does
  counterUnit: 9, // u8, COUNTER_UNIT: what the counter in the reply to infer counts
  maxPayloadBytes: 10, // u16, largest request payload the device takes
  windowBytes: 12, // u16, wire bytes that may be un-acknowledged
  slotBytes: 14, // u32, largest bitstream a slot holds
  workBytes: 18, // u32, RAM for one circuit, see Memory
  counterHz: 22, // u32, counts a second; 0 when the unit is not time
  boardIdLength: 26, // u8, bytes of the board's id, 1 to 255
  boardId: 27, // ASCII, of `[a-z0-9-]` alone: a host refuses the reply otherwise, because people read ids on terminals; then, from protocol 1.1 on, checksSignatures u8: 1 when it runs only what is signed; then, from protocol 1.2 on, chipIdLength u8 and as many bytes, the chip's own id: none when it has none; then, from protocol 1.3 on and only where checksSignatures is 1, productLength u8 and as many bytes, keyCount u8 and 8 bytes for each (the ids of the keys that count), securityCounter u32 (the highest confirmed one), tableVersion u32 (0 while the keys are those of the build)
} as const;

/** What a board may be called: see `HELLO_REPLY.boardId`. */
export const BOARD_ID = /^[a-z0-9-]{1,255}$/;

/** One entry of the reply to slots; the entries follow the status byte. */
export const SLOT_ENTRY = {
  state: 0, // u8, SLOT_STATE
  erases: 1, // u16, how often the slot has been erased, which is what wears it out; from 65,535 on it stays there
  reserved: 3, // u8, 0; a host ignores it
  totalBytes: 4, // u32, of the bitstream; 0 when empty
  sequence: 8, // u32, the number of its last confirmation, of which the highest one boots; 0 when never confirmed
  digest: 12, // u8 x 32, SHA-256 of the whole file; all zero when empty
  size: 44,
} as const;
