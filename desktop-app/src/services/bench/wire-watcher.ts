import { describeFrame, FrameDecoder } from '@adiabit/sdk/protocol';
import type { LogEntry } from '../../common/contract/log.js';
import type { LineWatcher } from './cable.js';

export type NewEntry = Omit<LogEntry, 'number' | 'timeMs' | 'device'>;

/** The bytes of one piece of noise that are kept. */
const NOISE_BYTES = 64;

/** Makes entries of the log from the bytes of a line. */
export function watchWire(add: (entry: NewEntry) => void): LineWatcher {
  const decoders = { sent: new FrameDecoder(), received: new FrameDecoder() };
  const push = (kind: 'sent' | 'received', bytes: Uint8Array): void => {
    for (const event of decoders[kind].push(bytes)) {
      if (event.kind === 'damage') {
        const kept = event.bytes.slice(0, NOISE_BYTES);
        add({ kind: 'noise', what: 'noise', fields: `${event.bytes.length} bytes, ${event.reason}`, bytes: kept });
        continue;
      }
      const { name, fields, refused } = describeFrame(event.frame);
      add({ kind: refused ? 'error' : kind, what: name, fields, bytes: event.frame.payload });
    }
  };
  return { sent: (bytes) => push('sent', bytes), received: (bytes) => push('received', bytes) };
}
