import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, removeFile, writeWhole } from '../../files.js';
import { sha256 } from './publish.js';

const PARTS = '.parts';
const FILE = '.blob';
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/** Files that were fetched, by digest, and the parts of those that are being fetched. A file is written whole or not at all. */
export class BlobCache {
  readonly #folder: string;
  readonly #maxBytes: number;
  #bytes = 0;

  private constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** @throws FileError when the folder cannot be made */
  static async open(folder: string, maxBytes = DEFAULT_MAX_BYTES): Promise<BlobCache> {
    await makeFolder(folder);
    const cache = new BlobCache(folder, maxBytes);
    await cache.#evict('');
    return cache;
  }

  /** Bytes of all files. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns a file if it is there and whole; one that is damaged is taken away. */
  async read(digest: string): Promise<Uint8Array | undefined> {
    const path = this.#path(digest);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes === undefined) return undefined;
    if (sha256(bytes) !== digest) {
      await removeFile(path);
      return undefined;
    }
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined);
    return new Uint8Array(bytes);
  }

  /** Returns a part that was kept, if there is one of that many bytes. */
  async readPart(digest: string, part: number, bytes: number): Promise<Uint8Array | undefined> {
    const kept = await readFile(this.#partPath(digest, part)).catch(() => undefined);
    return kept?.length === bytes ? new Uint8Array(kept) : undefined;
  }

  /** Keeps a part until the file is whole. @throws FileError */
  async keepPart(digest: string, part: number, bytes: Uint8Array): Promise<void> {
    await makeFolder(join(this.#folder, `${digest}${PARTS}`));
    await writeWhole(this.#partPath(digest, part), bytes);
  }

  /** Keeps a file that is whole, and lets those go that were not used for the longest time. @throws FileError */
  async keep(digest: string, bytes: Uint8Array): Promise<void> {
    await writeWhole(this.#path(digest), bytes);
    await this.dropParts(digest);
    await this.#evict(digest);
  }

  async dropParts(digest: string): Promise<void> {
    await rm(join(this.#folder, `${digest}${PARTS}`), { recursive: true, force: true });
  }

  async #evict(spared: string): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(FILE));
    const files = await Promise.all(
      names.map(async (name) => {
        const { size, mtimeMs } = await stat(join(this.#folder, name));
        return { name, size, mtimeMs };
      }),
    );
    this.#bytes = files.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (this.#bytes <= this.#maxBytes) return;
      if (name === `${spared}${FILE}`) continue;
      await removeFile(join(this.#folder, name));
      this.#bytes -= size;
    }
  }

  #path = (digest: string): string => join(this.#folder, `${digest}${FILE}`);
  #partPath = (digest: string, part: number): string => join(this.#folder, `${digest}${PARTS}`, String(part));
}
