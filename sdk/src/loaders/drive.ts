import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoaderOf } from '../boards/index.js';
import { sleep } from '../device/clock.js';
import { systemClock, throwIfCancelled, type Clock } from '../device/index.js';
import { LoaderError } from './errors.js';
import { systemDrives, type ListDrives } from './mounts.js';

export type DriveLoader = LoaderOf<'uf2-drive'> | LoaderOf<'hex-drive'>;

/** Which drive to write to, and how it is waited for. */
export interface DriveSearch {
  /** The folder of the drive. If absent, the drives of this computer are searched, and the board's is waited for. */
  readonly drive?: string | undefined;
  /** How long a drive may take to appear. If absent, 60 s. */
  readonly timeoutMs?: number | undefined;
  /** Called once when no drive of the board is there yet. */
  readonly onWait?: (() => void) | undefined;
  readonly listDrives?: ListDrives | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/** How a drive says which board it belongs to: a file, and the line in it. */
const SIGNS = {
  'uf2-drive': { file: 'INFO_UF2.TXT', line: /^Board-ID:\s*(\S+)/m },
  'hex-drive': { file: 'DETAILS.TXT', line: /^Unique ID:\s*(\S{4})/m },
} as const;

const DRIVE_TIMEOUT_MS = 60_000;
const POLL_MS = 250;

/** Returns the board's id that a drive shows; undefined if it is no such drive. */
export async function idOfDrive(drive: string, { kind }: Pick<DriveLoader, 'kind'>): Promise<string | undefined> {
  const { file, line } = SIGNS[kind];
  const text = await readFile(join(drive, file), 'utf8').catch(() => '');
  return line.exec(text)?.[1];
}

const idsOf = (loader: DriveLoader): readonly string[] =>
  loader.kind === 'uf2-drive' ? [loader.boardId] : loader.boardIds;

/**
 * Finds the drive of a board's boot loader.
 * @throws LoaderError `loader.wrong-drive` for a drive that was named and is another board's or none of a board,
 * `loader.several-drives`, `loader.drive-not-found` when none appears in time; CancelledError
 */
export async function findDrive(loader: DriveLoader, search: DriveSearch): Promise<string> {
  const { drive, signal, clock = systemClock, timeoutMs = DRIVE_TIMEOUT_MS, listDrives = systemDrives } = search;
  if (drive !== undefined) return checkedDrive(loader, drive);
  const deadlineMs = clock.now() + timeoutMs;
  let strangers: readonly string[] = [];
  for (let tries = 0; ; tries++) {
    throwIfCancelled(signal);
    const seen = await Promise.all(
      (await listDrives()).map(async (path) => ({ path, id: await idOfDrive(path, loader) })),
    );
    const ours = seen.filter(({ id }) => id !== undefined && idsOf(loader).includes(id)).map(({ path }) => path);
    if (ours.length > 1) {
      const message = `Several boards show a drive ${loader.volume}: ${ours.join(', ')}. Name one of them, or take the others away.`;
      throw new LoaderError('several-drives', message, { drives: ours, options: ['drive'] });
    }
    if (ours.length === 1) return ours[0];
    strangers = seen.filter(({ id }) => id !== undefined).map(({ path, id }) => `${path} (${id})`);
    if (clock.now() >= deadlineMs) break;
    if (tries === 0) search.onWait?.();
    await sleep(clock, POLL_MS);
  }
  const others = strangers.length === 0 ? '' : ` Drives of other boards are there: ${strangers.join(', ')}.`;
  const message =
    `No drive ${loader.volume} appeared within ${timeoutMs / 1000} s. To see it, ${loader.enter}.${others} A system without a ` +
    'desktop mounts nothing by itself: mount the drive ("udisksctl mount" does), and name its folder.';
  throw new LoaderError('drive-not-found', message, { volume: loader.volume, drives: strangers });
}

async function checkedDrive(loader: DriveLoader, drive: string): Promise<string> {
  const id = await idOfDrive(drive, loader);
  if (id !== undefined && idsOf(loader).includes(id)) return drive;
  const { file } = SIGNS[loader.kind];
  const what = id === undefined ? `has no ${file} that names a board` : `belongs to a board ${id}`;
  const message = `${drive} ${what}; the drive ${loader.volume} of this board says ${idsOf(loader).join(' or ')}. To see that, ${loader.enter}.`;
  throw new LoaderError('wrong-drive', message, { drive, id });
}
