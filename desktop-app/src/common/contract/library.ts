import { z } from 'zod';
import type { Failure } from '../envelope.js';
import { MAX_FILE_BYTES } from '../limits.js';
import { method } from './define.js';

/** A bitstream that the app knows: dropped, opened, trained here, or shipped as an example. */
export interface LibraryEntry {
  /** SHA-256 of the file, hexadecimal. */
  readonly id: string;
  readonly fileName: string;
  readonly bytes: number;
  /** When it came, in milliseconds since 1970. */
  readonly addedMs: number;
  readonly network: NetworkSummary;
}

/** A file whose changes are taken into the library by themselves. */
export interface WatchedFile {
  readonly path: string;
  /** What it holds, by its id in the library; absent if it never held a whole bitstream. */
  readonly entry?: string;
  /** When it last changed, in milliseconds since 1970; absent if it has not since it is watched. */
  readonly changedMs?: number;
  /** Why it could not be taken as it is now. */
  readonly error?: Failure;
}

/** A network in a few words. */
export interface NetworkSummary {
  readonly name: string;
  readonly layers: number;
  readonly inputs: number;
  readonly inputBits: number;
  readonly outputs: number;
  /** What the input is. If absent, it is unknown. */
  readonly trainedOn?: {
    readonly kind: 'picture' | 'sound' | 'values';
    readonly shape: readonly number[];
    readonly sampleRateHz?: number;
    readonly classNames?: readonly string[];
  };
}

export const LIBRARY_METHODS = {
  listLibrary: method<readonly LibraryEntry[]>()('lab', z.strictObject({})),
  /** Takes a file that was dropped. */
  addToLibrary: method<LibraryEntry>()(
    'lab',
    z.strictObject({
      fileName: z.string().min(1).max(255),
      bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= MAX_FILE_BYTES),
    }),
  ),
  /** Lists the files that were named when the app was started. */
  listWatchedFiles: method<readonly WatchedFile[]>()('lab', z.strictObject({})),
  removeFromLibrary: method<undefined>()('lab', z.strictObject({ entry: z.string().max(64) })),
};

export interface LibraryEvents {
  readonly library: readonly LibraryEntry[];
  readonly watchedFiles: readonly WatchedFile[];
}
