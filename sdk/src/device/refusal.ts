import { ProtocolError } from '../protocol/errors.js';
import { STATUS, type StatusName } from '../protocol/constants.js';
import type { Reply, ReplyValues } from '../protocol/replies.js';
import { describeRequest, type Request, type RequestType } from '../protocol/requests.js';

/** What a person can do about each refusal. */
const ADVICE: Readonly<Record<Exclude<StatusName, 'ok'>, string>> = {
  badFrame: 'Try again; use a shorter cable if it happens often.',
  unknownMessage: 'Update the firmware.',
  badLength: 'Update the firmware or Adiabit, so that both have the same version.',
  badArgument: 'Check that the slot exists and that the input has the length the circuit takes.',
  versionMismatch: 'Update the older side.',
  slotUnavailable: 'Ask for the slots and choose another one.',
  tooLarge: 'Compile a smaller model or choose a board with more flash.',
  outOfOrder: 'Try again.',
  eraseFailed: 'Try again; the flash may be worn out if it happens often.',
  writeFailed: 'Try again; the flash may be worn out if it happens often.',
  incomplete: 'The device may have restarted: flash the circuit again.',
  digestMismatch: 'Flash the circuit again.',
  badBitstream: 'Compile the model again with the Adiabit version the firmware came from, then flash it.',
  noMemory: 'Compile a smaller model or choose a board with more RAM.',
  selfTestFailed: 'Compile the model again; if it stays, report it with the .abit file.',
  noCircuit: 'Flash a circuit first.',
  badSignature: 'Sign it with that key ("adiabit sign"), or put firmware without a key onto the device.',
};

export function deviceRejected(request: Request, status: Exclude<StatusName, 'ok'>): ProtocolError {
  const asked = describeRequest(request);
  return new ProtocolError(
    'device-rejected',
    `The device refused "${asked}": ${STATUS[status].meaning}. ${ADVICE[status]}`,
    { status, request: asked },
  );
}

/**
 * The fields of a reply to `request`.
 * @throws ProtocolError `protocol.device-rejected` when the device refused.
 */
export function acceptedValue<T extends RequestType>(request: Request & { readonly type: T }, reply: Reply) {
  if (reply.status !== 'ok') throw deviceRejected(request, reply.status);
  return reply.value as ReplyValues[T];
}
