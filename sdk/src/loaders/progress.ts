import { systemClock, type Clock } from '../device/index.js';

/** What a loader does, in this order; a drive only writes. */
export type LoaderPhase = 'erase' | 'write' | 'verify';

/** How far a loader is. */
export interface LoaderProgress {
  readonly phase: LoaderPhase;
  /** Bytes of the image that this phase has done. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** Since the phase began; undefined at its beginning. */
  readonly bytesPerSecond?: number;
}

/** What every loader takes. */
export interface LoaderOptions {
  readonly onProgress?: ((progress: LoaderProgress) => void) | undefined;
  /** When it fires, the loader throws CancelledError between two steps. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** Makes the function by which a loader says how many bytes a phase has done. */
export function progressOf(
  totalBytes: number,
  { onProgress, clock = systemClock }: LoaderOptions,
): (phase: LoaderPhase, bytes: number) => void {
  let current: LoaderPhase | undefined;
  let beganMs = 0;
  return (phase, bytes) => {
    if (phase !== current) [current, beganMs] = [phase, clock.now()];
    const seconds = (clock.now() - beganMs) / 1000;
    const rate = bytes > 0 && seconds > 0 ? { bytesPerSecond: bytes / seconds } : {};
    onProgress?.({ phase, bytes, totalBytes, ...rate });
  };
}
