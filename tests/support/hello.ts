import { COUNTER_UNIT, HELLO_REPLY } from '../../sdk/src/protocol/constants.js';
import { chipIdBytes, emulatedSlotBytes } from '../../sdk/src/boards/entry.js';
import type { BoardEntry } from './board-files.js';

/** The fields of a reply to hello that boards.json knows, too. */
export function describeHello(payload: Uint8Array) {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const behindId = HELLO_REPLY.boardId + payload[HELLO_REPLY.boardIdLength];
  return {
    boardId: new TextDecoder().decode(payload.subarray(HELLO_REPLY.boardId, behindId)),
    checksSignatures: payload.at(behindId),
    chipIdBytes: payload.at(behindId + 1),
    behindChipId: payload.length - behindId - 2 - (payload.at(behindId + 1) ?? 0),
    slotCount: view.getUint8(HELLO_REPLY.slotCount),
    counterUnit: Object.entries(COUNTER_UNIT).find(
      ([, value]) => value === view.getUint8(HELLO_REPLY.counterUnit),
    )?.[0],
    maxPayloadBytes: view.getUint16(HELLO_REPLY.maxPayloadBytes, true),
    windowBytes: view.getUint16(HELLO_REPLY.windowBytes, true),
    slotBytes: view.getUint32(HELLO_REPLY.slotBytes, true),
    workBytes: view.getUint32(HELLO_REPLY.workBytes, true),
    counterHz: view.getUint32(HELLO_REPLY.counterHz, true),
  };
}

/** What boards.json says of them. */
export const helloOf = (entry: BoardEntry): ReturnType<typeof describeHello> => ({
  boardId: entry.id,
  checksSignatures: 0,
  chipIdBytes: chipIdBytes(entry, true),
  behindChipId: 0,
  slotCount: entry.slotCount,
  counterUnit: entry.counterUnit,
  maxPayloadBytes: entry.maxPayloadBytes,
  windowBytes: entry.windowBytes,
  slotBytes: emulatedSlotBytes(entry),
  workBytes: entry.workBytes,
  counterHz: entry.counterHz,
});
