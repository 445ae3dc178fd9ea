import type { KeyObject } from 'node:crypto';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { flash, flashFleet, type FlashResult, type FleetOutcome } from '../device/index.js';
import { readBytes, readText } from '../files.js';
import { readPublicKey, verifySignature } from '../signature/index.js';
import { openBoard, type BoardOpener, type BoardPlace } from './boards.js';
import { throwIfCancelled, type Following } from './observer.js';

/** Bytes to flash, checked: whole, and signed if a key was named. */
export interface CheckedBitstream {
  readonly bytes: Uint8Array;
  readonly trustedKey?: KeyObject;
  /** Fingerprint of the key that signed it, if one was asked for. */
  readonly signedBy?: string;
}

/**
 * Reads a bitstream and checks it before a port is opened.
 * @param publicKeyFile if given, only what this key has signed passes
 * @throws DataError `data.not-found`, FormatError for bytes that are not whole; as `verifySignature` does
 */
export async function readChecked(file: string, publicKeyFile?: string): Promise<CheckedBitstream> {
  const bytes = await readBytes(file);
  decodeBitstream(bytes);
  if (publicKeyFile === undefined) return { bytes };
  const trustedKey = readPublicKey(await readText(publicKeyFile));
  return { bytes, trustedKey, signedBy: verifySignature(bytes, trustedKey) };
}

export interface FlashBoardOptions extends Following {
  /** If absent, the slot that is not running. */
  readonly slot?: number | undefined;
}

/**
 * Puts a bitstream on a device: erase, write, read back, self-test, confirm. Until the last step the device keeps the circuit it had.
 * @throws as `flash` does; CancelledError
 */
export async function flashBoard(
  bitstream: CheckedBitstream,
  open: BoardOpener,
  options: FlashBoardOptions = {},
): Promise<FlashResult> {
  const { observer, signal } = options;
  throwIfCancelled(signal);
  observer?.onStage?.('device');
  const board = await open(signal);
  try {
    return await flash(board.session, bitstream.bytes, {
      ...settingsOf(bitstream, options),
      onProgress: ({ phase, bytes: done, totalBytes: total, bytesPerSecond, secondsLeft }) =>
        observer?.onProgress?.({ step: 'flash', done, total, phase, bytesPerSecond, secondsLeft }),
    });
  } finally {
    await board.close();
  }
}

/** Puts a bitstream on many devices at once: what goes wrong with one does not touch the others. */
export async function flashBoards(
  bitstream: CheckedBitstream,
  places: readonly BoardPlace[],
  options: FlashBoardOptions = {},
): Promise<readonly FleetOutcome[]> {
  const { observer, signal } = options;
  observer?.onStage?.('device');
  const { bytes } = bitstream;
  const stored = new Map<string, number>();
  return flashFleet(
    places.map(({ port }) => port),
    bytes,
    {
      ...settingsOf(bitstream, options),
      open: (port) =>
        openBoard(
          places.find((place) => place.port === port)!,
          signal,
        ),
      onProgress: (port, progress) => {
        stored.set(port, progress.bytes);
        const done = [...stored.values()].reduce((total, one) => total + one, 0);
        observer?.onProgress?.({ step: 'flash', done, total: places.length * bytes.length });
      },
    },
  );
}

const settingsOf = ({ trustedKey }: CheckedBitstream, { slot, signal }: FlashBoardOptions) => ({
  ...(signal === undefined ? {} : { signal }),
  ...(trustedKey === undefined ? {} : { trustedKey }),
  ...(slot === undefined ? {} : { slot }),
});
