import { open, readFile, rm } from 'node:fs/promises';
import { AdiabitError } from '@adiabit/simulator/errors';
import { reasonOf, writeWhole } from '../files.js';
import { TransportError } from './errors.js';

/** The flash of an emulated board in a file, held by one process at a time. */
export class FlashFile {
  readonly #path: string;
  #stored: Uint8Array | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, stored: Uint8Array | undefined) {
    this.#path = path;
    this.#stored = stored;
  }

  /** @throws TransportError `port-busy` when a running process holds it, `permission-denied` when it cannot be used. */
  static async open(path: string): Promise<FlashFile> {
    await lock(path);
    try {
      return new FlashFile(path, await readIfThere(path));
    } catch (error) {
      await unlock(path);
      throw unusable(path, error);
    }
  }

  /** The flash as it was left; undefined when there is none yet. */
  get stored(): Uint8Array | undefined {
    return this.#stored;
  }

  /** Keeps the flash, if it changed, and holds the file on. @throws FileError when it cannot be written */
  keep(flash: Uint8Array): Promise<void> {
    const write = async (): Promise<void> => {
      if (this.#stored !== undefined && Buffer.compare(this.#stored, flash) === 0) return;
      await writeWhole(this.#path, flash);
      this.#stored = flash;
    };
    // One after the other: an earlier state of the flash must not come out on top of a later one.
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }

  /** Lets the file go as it is. */
  release(): Promise<void> {
    return unlock(this.#path);
  }

  /** Keeps the flash, if it changed, and lets the file go. @throws FileError when it cannot be written */
  async close(flash: Uint8Array): Promise<void> {
    try {
      await this.keep(flash);
    } catch (error) {
      throw unusable(this.#path, error);
    } finally {
      await this.release();
    }
  }
}

const lockOf = (path: string): string => `${path}.lock`;

/** Creates a lock file with the holder's process number. If the holder of an existing one is gone, it is taken over. */
async function lock(path: string): Promise<void> {
  for (let tries = 0; tries < 2; tries++) {
    try {
      const file = await open(lockOf(path), 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw unusable(path, error);
      const holder = Number(await readFile(lockOf(path), 'utf8').catch(() => ''));
      if (isRunning(holder)) {
        throw new TransportError(
          'port-busy',
          `The flash file ${path} is in use by process ${holder}. Wait for it to end.`,
          {
            path,
            holder,
          },
        );
      }
      await unlock(path);
    }
  }
  throw new TransportError('port-busy', `The flash file ${path} is in use. Try again.`, { path });
}

const unlock = (path: string): Promise<void> => rm(lockOf(path), { force: true });

function isRunning(processId: number): boolean {
  if (!(processId > 0)) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function unusable(path: string, cause: unknown): AdiabitError {
  if (cause instanceof AdiabitError) return cause;
  const reason = reasonOf(cause);
  return new TransportError(
    'permission-denied',
    `The flash of the emulated board cannot be kept in ${path}: ${reason}. Make its folder writable.`,
    { path },
  );
}
