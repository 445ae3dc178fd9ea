import { z } from 'zod';
import { MAX_FILE_BYTES } from '../limits.js';
import { method } from './define.js';
import type { Device } from './devices.js';

/** One line of the log: a message on the wire, or what a service did. */
export interface LogEntry {
  /** Rises by one from entry to entry. */
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** The device that it is about; absent if none. */
  readonly device?: string;
  readonly kind: 'sent' | 'received' | 'noise' | 'note' | 'error';
  /** The message's name (`write`), or in a few words what happened. */
  readonly what: string;
  /** Its fields, for people. */
  readonly fields: string;
  /** The bytes of the message's payload; of noise, the first that came. */
  readonly bytes?: Uint8Array;
}

export const LOG_METHODS = {
  /** Returns the entries from a number on. */
  readLog: method<readonly LogEntry[]>()('bench', z.strictObject({ from: z.number().int().min(0) })),
  /** Takes down what goes over the line of a device, from a hello on. */
  startRecording: method<undefined>()('bench', z.strictObject({ device: z.string().max(300) })),
  /** Ends it, and returns the recording as text. */
  stopRecording: method<{ readonly fileName: string; readonly text: string }>()(
    'bench',
    z.strictObject({ device: z.string().max(300) }),
  ),
  /** Puts a recording on the bench: it answers as the device did. */
  openRecording: method<Device>()(
    'bench',
    z.strictObject({ fileName: z.string().min(1).max(255), text: z.string().max(MAX_FILE_BYTES) }),
  ),
  closeRecording: method<undefined>()('bench', z.strictObject({ device: z.string().max(300) })),
  /** Returns the whole log as text, a line an entry. */
  exportLog: method<string>()('bench', z.strictObject({})),
};

export interface LogEvents {
  /** Entries that have come, at most every 50 ms. */
  readonly log: readonly LogEntry[];
}
