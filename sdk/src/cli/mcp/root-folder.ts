import { readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { FileError } from '@adiabit/simulator/errors';
import { followLinks } from '../../files/places.js';
import { exists } from '../../files.js';

/** Bytes of a file that a client may have read. */
const MOST_BYTES = 256 * 2 ** 20;
/** Files and folders in a folder of data. */
const MOST_ENTRIES = 200_000;

/**
 * The folder that a client's paths are held to. Links are followed before a path is judged, so that none leads out; whoever can make
 * links on this computer while a tool runs could read the files without it.
 */
export class RootFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @throws errors of the operating system for a folder that is not there */
  static async at(path: string): Promise<RootFolder> {
    return new RootFolder(await realpath(path));
  }

  /**
   * Finds a file to read.
   * @param name a path, from this folder on
   * @throws FileError `file.outside`, `file.not-found`, `file.wrong-kind`, `file.too-large`
   */
  async file(name: string): Promise<string> {
    const path = await this.#existing(name);
    const { size, isFile } = await statOf(path);
    if (!isFile) throw new FileError('wrong-kind', `${name} is no file. Name a file.`, { path: name });
    if (size > MOST_BYTES) {
      const message = `${name} has ${size} bytes; a tool reads at most ${MOST_BYTES}. Name a smaller file.`;
      throw new FileError('too-large', message, { path: name, size, most: MOST_BYTES });
    }
    return path;
  }

  /** Holds a file that a tool reads if it is there, such as the papers beside a bitstream, to this folder. @throws FileError as {@link file} */
  async optionalFile(path: string): Promise<void> {
    if (await exists(path)) await this.file(path);
  }

  /**
   * Finds a folder to read, with nothing in it that leads out.
   * @throws FileError `file.outside`, `file.not-found`, `file.wrong-kind`, `file.too-large` for more entries than are looked at
   */
  async folder(name: string): Promise<string> {
    const path = await this.#existing(name);
    if ((await statOf(path)).isFile)
      throw new FileError('wrong-kind', `${name} is a file. Name a folder.`, { path: name });
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    if (entries.length > MOST_ENTRIES) {
      const message = `${name} holds ${entries.length} files; a tool looks at most at ${MOST_ENTRIES}. Name a smaller folder.`;
      throw new FileError('too-large', message, { path: name, entries: entries.length, most: MOST_ENTRIES });
    }
    for (const entry of entries) {
      if (entry.isSymbolicLink())
        this.#hold(join(name, entry.name), await followLinks(join(entry.parentPath, entry.name)));
    }
    return path;
  }

  /** Finds a place to write to, there or not. @throws FileError `file.outside`, `file.not-found` for a folder that is not there */
  async place(name: string): Promise<string> {
    const target = await followLinks(this.#named(name));
    this.#hold(name, target);
    return target;
  }

  /** Finds a folder to write into, there or not, with nothing in it that leads out. @throws FileError as {@link folder} and {@link place} do */
  async output(name: string): Promise<string> {
    const target = await this.place(name);
    return (await exists(target)) ? this.folder(name) : target;
  }

  /** Tells a path as the client names it. */
  nameOf(path: string): string {
    return relative(this.path, path);
  }

  async #existing(name: string): Promise<string> {
    const path = this.#named(name);
    const found = await realpath(path).catch(() => undefined);
    if (found === undefined)
      throw new FileError('not-found', `There is no ${name} in the root folder.`, { path: name });
    this.#hold(name, found);
    return found;
  }

  /** Refuses what lies outside by its name alone, so that nobody learns from an answer what is there. */
  #named(name: string): string {
    const path = resolve(this.path, name);
    this.#hold(name, path);
    return path;
  }

  #hold(name: string, path: string): void {
    const way = relative(this.path, path);
    if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return;
    const message = `${name} leads out of the root folder. Name something in it, or start the server with another --root.`;
    throw new FileError('outside', message, { path: name });
  }
}

async function statOf(path: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const found = await stat(path);
  return { size: found.size, isFile: found.isFile() };
}
