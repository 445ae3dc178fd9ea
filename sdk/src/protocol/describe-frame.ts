import { MESSAGE_TYPE, REPLY_BIT, TYPE_NAK } from './constants.js';
import type { WireFrame } from './frames.js';
import { decodeDeviceMessage, type Reply } from './replies.js';

/** A frame of the line in words, for logs. */
export interface FrameWords {
  /** The request's name, such as `write`; a number in hexadecimal if no message has it. */
  readonly name: string;
  /** Its fields: `offset 512, 504 bytes`. */
  readonly fields: string;
  /** Whether it is a refusal. */
  readonly refused: boolean;
}

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(MESSAGE_TYPE).map(([name, type]) => [type, name]));

/** Describes a frame, of either direction. It never throws: what is not understood is said. */
export function describeFrame(frame: WireFrame): FrameWords {
  if (frame.type === TYPE_NAK) return { name: 'bad frame', fields: 'the device could not read a frame', refused: true };
  const name = NAMES.get(frame.type & ~REPLY_BIT) ?? `0x${frame.type.toString(16).padStart(2, '0')}`;
  if ((frame.type & REPLY_BIT) === 0) return { name, fields: requestFields(name, frame.payload), refused: false };
  try {
    const message = decodeDeviceMessage(frame);
    if (message.kind === 'reply') return { name, ...replyFields(message.reply) };
  } catch {
    // Said below: it is in the log because it is not understood.
  }
  return { name, fields: `${frame.payload.length} bytes that are no reply`, refused: true };
}

const OFFSET_BYTES = 4;

function requestFields(name: string, payload: Uint8Array): string {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  switch (name) {
    case 'hello':
      return payload.length === 2 ? `protocol ${payload[0]}.${payload[1]}` : '';
    case 'begin':
      return payload.length > OFFSET_BYTES ? `slot ${payload[0]}, ${view.getUint32(1, true)} bytes` : '';
    case 'write':
    case 'input':
      if (payload.length < OFFSET_BYTES) return '';
      return `offset ${view.getUint32(0, true)}, ${payload.length - OFFSET_BYTES} bytes`;
    case 'verify':
    case 'activate':
    case 'confirm':
      return payload.length === 1 ? `slot ${payload[0]}` : '';
    default:
      return payload.length === 0 ? '' : `${payload.length} bytes`;
  }
}

function replyFields(reply: Reply): Omit<FrameWords, 'name'> {
  const refused = reply.status !== 'ok';
  if (reply.status !== 'ok' && reply.type !== 'write') return { fields: reply.status, refused };
  return { fields: [reply.status, ...valueFields(reply)].join(', '), refused };
}

function valueFields(reply: Reply): readonly string[] {
  if (reply.type === 'write') return [`next offset ${reply.value.nextOffset}`];
  if (reply.status !== 'ok') return [];
  switch (reply.type) {
    case 'hello':
      return [reply.value.boardId, `firmware ${reply.value.firmware.major}.${reply.value.firmware.minor}`];
    case 'slots':
      return reply.value.map(({ slot, state, totalBytes }) => `slot ${slot} ${state} ${totalBytes} bytes`);
    case 'verify':
      return [`${reply.value.totalBytes} bytes`];
    case 'activate':
      return [`${reply.value.goldenVectors} golden vectors`, `${reply.value.mismatches} mismatches`];
    case 'confirm':
      return [`sequence ${reply.value.sequence}`];
    case 'infer':
      return [
        `class ${reply.value.class}`,
        `counter ${reply.value.counter}`,
        `outputs ${reply.value.outputs.join(' ')}`,
      ];
    default:
      return [];
  }
}
