/**
 * The language of the line between host and device, without any input or output: frames (COBS, CRC-32), requests and
 * replies. `docs/formats/link.md` is its specification, `constants.ts` its numbers.
 */
export {
  COUNTER_UNIT,
  MESSAGE_TYPE,
  PROTOCOL_MAJOR,
  PROTOCOL_MINOR,
  SLOT_STATE,
  STATUS,
  type CounterUnit,
  type MessageType,
  type SlotState,
  type StatusName,
} from './constants.js';
export { cobsDecode, cobsEncode } from './cobs.js';
export { describeFrame, type FrameWords } from './describe-frame.js';
export { DeviceError, ProtocolError, type ProtocolErrorKind } from './errors.js';
export {
  DELIMITER,
  FrameDecoder,
  encodeFrame,
  wireBytesOf,
  type DamageReason,
  type FrameEvent,
  type WireFrame,
} from './frames.js';
export { FROM_NOW, describeRequest, encodeRequest, type Request, type RequestType } from './requests.js';
export {
  decodeDeviceMessage,
  type DeviceDescription,
  type DeviceMessage,
  type Inference,
  type Reply,
  type ReplyValues,
  type SensorSamples,
  type SlotDescription,
  type Version,
} from './replies.js';
