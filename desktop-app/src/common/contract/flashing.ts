import { z } from 'zod';
import type { Failure } from '../envelope.js';
import type { FlashStep } from '../flash-steps.js';
import { method } from './define.js';

/** A bitstream on its way to one device. */
export interface FlashJob {
  readonly id: string;
  readonly device: string;
  /** The bitstream, by its id in the library. */
  readonly bitstream: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** The slot that is written, as far as is known before the device is asked. */
  readonly slot?: number;
  /** The step that it is in, or ended in. */
  readonly step: FlashStep;
  /** How long each step took that is over. */
  readonly stepsMs: Readonly<Partial<Record<FlashStep, number>>>;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
  /** When it began and when it ended, in milliseconds since 1970. */
  readonly startedMs: number;
  readonly endedMs?: number;
  readonly result?: {
    readonly slot: number;
    readonly goldenVectors: number;
    readonly sequence: number;
    readonly resends: number;
  };
  readonly error?: Failure;
}

/** Whether a device takes a bitstream, by what it last said; nothing is written or asked. */
export type Fit =
  /** It would be written to `slot`. */
  { readonly fits: true; readonly slot: number } | { readonly fits: false; readonly error: Failure };

export const FLASH_METHODS = {
  listFlashJobs: method<readonly FlashJob[]>()('bench', z.strictObject({})),
  checkFit: method<Fit>()('bench', z.strictObject({ device: z.string().max(300), bitstream: z.string().max(64) })),
  /** Tells whether anything is being written, so that the window is not closed over it. */
  isWriting: method<boolean>()('bench', z.strictObject({})),
  /** Begins to write; what becomes of it is told by `flashJobs`. One failing does not hurt the others. */
  flash: method<readonly FlashJob[]>()(
    'bench',
    z.strictObject({
      devices: z.array(z.string().max(300)).min(1).max(256),
      bitstream: z.string().max(64),
      slot: z.number().int().min(0).max(254).optional(),
    }),
  ),
  /** Stops writing; the circuit that the device had still boots. */
  cancelFlash: method<undefined>()('bench', z.strictObject({ job: z.string().max(64) })),
};

export interface FlashEvents {
  readonly flashJobs: readonly FlashJob[];
}
