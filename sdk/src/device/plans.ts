import { DeviceError, ProtocolError } from '../protocol/errors.js';
import { wireBytesOf } from '../protocol/frames.js';
import type { DeviceDescription, Inference, Reply } from '../protocol/replies.js';
import { DATA_HEAD_BYTES, describeRequest, type Request } from '../protocol/requests.js';
import type { Plan } from './plan.js';
import { acceptedValue } from './refusal.js';
import { HELLO_TRIES, MAX_RESENDS } from './timeouts.js';

/** Plans one request that waits for its reply; `onReply` may throw. */
export const singleRequestPlan = (request: Request, onReply: (reply: Reply) => void): Plan => ({
  step: (index) => (index === 0 ? [request] : undefined),
  finish: (_, [reply]) => onReply(reply),
  ahead: false,
  // Console output would count as damage before it is known that a device is there: only time-outs repeat a hello.
  heedsDamage: request.type !== 'hello',
  maxResends: request.type === 'hello' ? HELLO_TRIES - 1 : MAX_RESENDS,
});

/**
 * Plans the writing of all `bytes` in pieces from offset 0; the device's nextOffset says how far it is.
 * `onProgress` gets the number of bytes that the device has stored.
 */
export function writePlan(bytes: Uint8Array, pieceBytes: number, onProgress: (storedBytes: number) => void): Plan {
  const request = (index: number): Request & { readonly type: 'write' } => {
    const offset = index * pieceBytes;
    return { type: 'write', offset, data: bytes.subarray(offset, offset + pieceBytes) };
  };
  const steps = Math.ceil(bytes.length / pieceBytes);
  let stored = 0;
  return {
    step: (index) => (index < steps ? [request(index)] : undefined),
    finish: () => undefined,
    stepsDone(reply) {
      if (reply.type !== 'write') return 0;
      const { nextOffset } = reply.value;
      if (reply.status !== 'ok' && reply.status !== 'outOfOrder') {
        throw new DeviceError(reply.status, describeRequest(request(Math.floor(nextOffset / pieceBytes))));
      }
      const done = nextOffset === bytes.length ? steps : nextOffset / pieceBytes;
      if (!Number.isInteger(done) || done > steps) {
        throw new ProtocolError(
          'unexpected-reply',
          `The device wants to go on at byte ${nextOffset} of ${bytes.length}, where no piece begins. Start again.`,
          { nextOffset },
        );
      }
      if (nextOffset > stored) {
        stored = nextOffset;
        onProgress(stored);
      }
      return done;
    },
    ahead: true,
    heedsDamage: true,
    maxResends: MAX_RESENDS,
  };
}

/** Plans one inference per input, sent ahead; `onResult` gets them in order. */
export const inferPlan = (
  inputs: readonly Uint8Array[],
  pieceBytes: number,
  onResult: (inference: Inference, index: number) => void,
): Plan => ({
  step: (index) => (index < inputs.length ? [...inputRequests(inputs[index], pieceBytes), INFER] : undefined),
  finish(index, replies) {
    const requests = inputRequests(inputs[index], pieceBytes);
    requests.forEach((request, position) => {
      acceptedValue(request, replies[position]);
    });
    onResult(acceptedValue(INFER, replies[requests.length]), index);
  },
  ahead: true,
  heedsDamage: true,
  maxResends: MAX_RESENDS,
});

const INFER = { type: 'infer' } as const;

/** Returns the requests that fill the input buffer. */
export function inputRequests(input: Uint8Array, pieceBytes: number) {
  return Array.from({ length: Math.ceil(input.length / pieceBytes) }, (_, index) => ({
    type: 'input' as const,
    offset: index * pieceBytes,
    data: input.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  }));
}

/**
 * Returns the data bytes per request: a multiple of 4 within the device's largest payload, and two frames to a window,
 * so that one travels while the device works on the other.
 */
export function pieceBytesFor(device: DeviceDescription, windowBytes: number): number {
  let bytes = (device.maxPayloadBytes - DATA_HEAD_BYTES) & ~3;
  while (bytes > 4 && 2 * wireBytesOf(bytes + DATA_HEAD_BYTES) > windowBytes) bytes -= 4;
  return Math.max(4, bytes);
}
