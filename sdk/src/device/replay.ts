import { REPLY_BIT, STATUS } from '../protocol/constants.js';
import { encodeFrame, FrameDecoder, type WireFrame } from '../protocol/frames.js';
import { TransportError } from './errors.js';
import type { RecordedBytes, Recording } from './recording.js';
import { Listeners, type Transport } from './transport.js';

/** A request of a recording with the reply that it got. */
interface Answered {
  readonly request: WireFrame;
  readonly reply: WireFrame;
}

/**
 * Makes a line with a recording at its end in place of the device. A request that was made then is answered as it was answered then:
 * of several equal ones the next in time, or again the last. What was never asked is refused with `unknownMessage`.
 */
export function replayTransport(recording: Recording): Transport {
  const answered = answeredIn(recording.pieces);
  const data = new Listeners<Uint8Array>();
  const closed = new Listeners<TransportError | undefined>();
  const decoder = new FrameDecoder();
  let next = 0;
  let isClosed = false;

  const replyTo = (request: WireFrame): WireFrame => {
    const isSame = (one: Answered): boolean => sameRequest(one.request, request);
    const later = answered.findIndex((one, index) => index >= next && isSame(one));
    const found = later >= 0 ? later : answered.findLastIndex(isSame);
    if (found < 0) {
      return {
        type: request.type | REPLY_BIT,
        sequence: request.sequence,
        payload: Uint8Array.of(STATUS.unknownMessage.value),
      };
    }
    if (later >= 0) next = later + 1;
    return { ...answered[found].reply, sequence: request.sequence };
  };

  return {
    description: `recording of ${recording.device}`,
    write: (bytes) => {
      if (isClosed)
        return Promise.reject(new TransportError('disconnected', 'The recording is closed. Open it again.'));
      for (const event of decoder.push(bytes)) {
        if (event.kind === 'damage') continue;
        const reply = encodeFrame(replyTo(event.frame));
        // Not within the call that asked, as no line answers there.
        queueMicrotask(() => data.emit(reply));
      }
      return Promise.resolve();
    },
    onData: (listener) => data.add(listener),
    onClose: (listener) => closed.add(listener),
    close: () => {
      if (!isClosed) closed.emit(undefined);
      isClosed = true;
      return Promise.resolve();
    },
  };
}

const sameRequest = (a: WireFrame, b: WireFrame): boolean =>
  a.type === b.type &&
  a.payload.length === b.payload.length &&
  a.payload.every((byte, index) => byte === b.payload[index]);

/** Finds the requests that were answered, in the order of the replies. */
function answeredIn(pieces: readonly RecordedBytes[]): readonly Answered[] {
  const decoders = { host: new FrameDecoder(), device: new FrameDecoder() };
  const asked = new Map<number, WireFrame>();
  const answered: Answered[] = [];
  for (const { from, bytes } of pieces) {
    for (const event of decoders[from].push(bytes)) {
      if (event.kind === 'damage') continue;
      const { frame } = event;
      const key = ((frame.type & ~REPLY_BIT) << 16) | frame.sequence;
      const request = asked.get(key);
      if (from === 'host') asked.set(key, frame);
      else if (request !== undefined) answered.push({ request, reply: frame });
    }
  }
  return answered;
}
