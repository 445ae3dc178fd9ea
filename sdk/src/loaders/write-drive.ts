import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Board } from '../boards/index.js';
import { sleep } from '../device/clock.js';
import { systemClock, throwIfCancelled } from '../device/index.js';
import { errorCode, reasonOf } from '../files/reasons.js';
import { findDrive, idOfDrive, type DriveLoader, type DriveSearch } from './drive.js';
import { LoaderError } from './errors.js';
import { bytesOf, checkInFlash, isIntelHex, readProgram, wrongImage, type Program } from './program.js';
import { progressOf, type LoaderOptions } from './progress.js';
import { readUf2 } from './uf2.js';

const CHUNK_BYTES = 16_384;
const POLL_MS = 100;
/** A Pico restarts at once; a DAPLink programs the chip first. */
const VANISH_TIMEOUT_MS = 30_000;
/** A DAPLink shows its drive again, with a report in it if something was wrong. */
const REAPPEAR_TIMEOUT_MS = 10_000;
/** What the operating system says of a drive that went away. */
const GONE = new Set(['EIO', 'ENODEV', 'ENXIO', 'ENOENT', 'EBADF', 'ENOMEDIUM', 'UNKNOWN']);

/**
 * Puts an image onto the drive of a board's boot loader, and waits until the boot loader has taken it: the drive goes away.
 * Such a drive cannot be read back; the boot loader checks what it gets, and the firmware's hello shows that it runs.
 *
 * @returns the drive, and the bytes of the program
 * @throws LoaderError as `findDrive` does; `loader.wrong-image` before anything is written; `loader.drive-failed`;
 * CancelledError
 */
export async function writeDrive(
  board: Board,
  loader: DriveLoader,
  image: Uint8Array,
  options: LoaderOptions & DriveSearch & { readonly vanishTimeoutMs?: number | undefined } = {},
): Promise<{ readonly drive: string; readonly bytes: number }> {
  const program = programOf(board, loader, image);
  const drive = await findDrive(loader, options);
  const file = join(drive, loader.kind === 'uf2-drive' ? 'ADIABIT.UF2' : 'ADIABIT.HEX');
  await writeImage(file, image, options);
  await vanished(file, drive, loader, options);
  if (loader.kind === 'hex-drive') await refuseFailure(drive, loader, options);
  return { drive, bytes: bytesOf(program) };
}

function programOf(board: Board, { kind }: DriveLoader, image: Uint8Array): Program {
  if (kind === 'hex-drive') {
    if (!isIntelHex(image)) throw wrongImage('The drive takes Intel HEX. Name the .hex.');
    return readProgram(board, image);
  }
  const program = readUf2(image, Number(board.build.uf2?.family));
  checkInFlash(board, program);
  return program;
}

async function writeImage(file: string, image: Uint8Array, options: LoaderOptions): Promise<void> {
  const progress = progressOf(image.length, options);
  progress('write', 0);
  let written = 0;
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'w');
    while (written < image.length) {
      throwIfCancelled(options.signal);
      written += (await handle.write(image.subarray(written, written + CHUNK_BYTES))).bytesWritten;
      if (written < image.length) await handle.datasync();
      progress('write', written);
    }
    await handle.sync();
  } catch (error) {
    // The board may restart as soon as it has the last block, before the system knows that it has been written.
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (written === image.length && GONE.has(code)) return;
    const message = `${file} was not written whole (${written} of ${image.length} bytes): ${reasonOf(error)}. Connect the board again, and write again.`;
    throw new LoaderError('drive-failed', message, { file, written }, error);
  } finally {
    await handle?.close().catch(() => undefined);
  }
}

async function vanished(
  file: string,
  drive: string,
  loader: DriveLoader,
  {
    signal,
    clock = systemClock,
    vanishTimeoutMs = VANISH_TIMEOUT_MS,
  }: LoaderOptions & { vanishTimeoutMs?: number | undefined },
): Promise<void> {
  const deadlineMs = clock.now() + vanishTimeoutMs;
  while (clock.now() < deadlineMs) {
    throwIfCancelled(signal);
    const isThere = await stat(file).then(
      () => true,
      () => false,
    );
    if (!isThere) return;
    await sleep(clock, POLL_MS);
  }
  const message =
    `The drive ${drive} is still there ${vanishTimeoutMs / 1000} s after the image was written: the boot loader has not taken it. ` +
    `Write again; first, ${loader.enter}.`;
  throw new LoaderError('drive-failed', message, { drive });
}

/** @throws LoaderError `loader.drive-failed` with the report that a DAPLink leaves on its drive */
async function refuseFailure(
  drive: string,
  loader: DriveLoader,
  { signal, clock = systemClock }: LoaderOptions,
): Promise<void> {
  const deadlineMs = clock.now() + REAPPEAR_TIMEOUT_MS;
  while ((await idOfDrive(drive, loader)) === undefined) {
    throwIfCancelled(signal);
    // Nobody mounts it again by itself here; the firmware's hello says whether it runs.
    if (clock.now() >= deadlineMs) return;
    await sleep(clock, POLL_MS);
  }
  const report = await readFile(join(drive, 'FAIL.TXT'), 'utf8').catch(() => undefined);
  if (report === undefined) return;
  const said = report
    .trim()
    .split(/\s*\n\s*/)
    .join('; ');
  const message = `The boot loader did not take the image. It says: ${said}. Connect the board again, and write again.`;
  throw new LoaderError('drive-failed', message, { drive, report: said });
}
