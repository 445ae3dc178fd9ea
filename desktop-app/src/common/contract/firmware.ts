import { z } from 'zod';
import type { Failure } from '../envelope.js';
import { method, portPath } from './define.js';

/** A board whose firmware the app can write. */
export interface FirmwareBoard {
  readonly board: string;
  readonly name: string;
  /** What takes the firmware: a drive, the serial port of the board, or that of a programmer. */
  readonly way: 'drive' | 'port' | 'programmer';
  /** What the user's hands do so that it listens. */
  readonly enter: string;
}

/** Firmware on its way to a board; there is one at a time. */
export interface FirmwareJob {
  readonly board: string;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** What is waited for, while nothing is written. */
  readonly waitsFor?: 'drive' | 'hello';
  readonly phase?: 'erase' | 'write' | 'verify';
  readonly bytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond?: number;
  /** Whether it was read back and compared: a drive cannot be. */
  readonly isVerified?: boolean;
  /** What the firmware said of itself, if it was asked. */
  readonly hello?: string;
  /** Whether the board has no whole firmware now. */
  readonly isIncomplete: boolean;
  readonly error?: Failure;
}

export const FIRMWARE_METHODS = {
  listFirmwareBoards: method<readonly FirmwareBoard[]>()('bench', z.strictObject({})),
  lastFirmwareJob: method<FirmwareJob | undefined>()('bench', z.strictObject({})),
  /** Begins to write the prebuilt firmware; what becomes of it is told by `firmwareJob`. */
  writeFirmware: method<undefined>()(
    'bench',
    z.strictObject({
      board: z.string().max(64),
      /** The port of the board, or of the programmer. A drive is searched and waited for. */
      port: portPath.optional(),
      /** The port on which the firmware says hello, if it is another one. */
      helloPort: portPath.optional(),
      setsFuses: z.boolean().optional(),
    }),
  ),
  cancelFirmware: method<undefined>()('bench', z.strictObject({})),
};

export interface FirmwareEvents {
  readonly firmwareJob: FirmwareJob;
}
