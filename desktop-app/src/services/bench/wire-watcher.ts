import { describeFrame, FrameDecoder } from '@adiabit/sdk/protocol';
import type { LogEntry } from '../../common/contract/log.js';
import type { LineWatcher } from './cable.js';

export type NewEntry = Omit<LogEntry, 'number' | 'timeMs' | 'device'>;

/** The bytes of noise that are kept in an entry. */
const NOISE_BYTES = 64;
/** How long noise is gathered before the next entry: a line that spams takes a few entries a second and leaves room for the rest. */
const GATHER_MS = 250;

/** Noise that has come and is in no entry yet. */
interface Gathered {
  pieces: number;
  bytes: number;
  readonly first: Uint8Array;
  readonly reasons: Set<string>;
}

/** Makes entries of the log from the bytes of a line. */
export function watchWire(add: (entry: NewEntry) => void): LineWatcher {
  const decoders = { sent: new FrameDecoder(), received: new FrameDecoder() };
  let gathered: Gathered | undefined;
  let timer: NodeJS.Timeout | undefined;

  const tellNoise = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (gathered === undefined) return;
    const { pieces, bytes, first, reasons } = gathered;
    gathered = undefined;
    const fields = `${bytes} bytes${pieces === 1 ? '' : ` in ${pieces} pieces`}, ${[...reasons].join(', ')}`;
    add({ kind: 'noise', what: 'noise', fields, bytes: first });
  };
  const gather = (bytes: Uint8Array, reason: string): void => {
    gathered ??= { pieces: 0, bytes: 0, first: bytes.slice(0, NOISE_BYTES), reasons: new Set() };
    gathered.pieces++;
    gathered.bytes += bytes.length;
    gathered.reasons.add(reason);
    timer ??= setTimeout(tellNoise, GATHER_MS);
  };
  const push = (kind: 'sent' | 'received', bytes: Uint8Array): void => {
    for (const event of decoders[kind].push(bytes)) {
      if (event.kind === 'damage') {
        gather(event.bytes, event.reason);
        continue;
      }
      // In the order in which it came.
      if (kind === 'received') tellNoise();
      const { name, fields, refused } = describeFrame(event.frame);
      add({ kind: refused ? 'error' : kind, what: name, fields, bytes: event.frame.payload });
    }
  };
  return { sent: (bytes) => push('sent', bytes), received: (bytes) => push('received', bytes) };
}
