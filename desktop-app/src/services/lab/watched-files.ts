import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { readBytes } from '@adiabit/sdk/files';
import type { LibraryEntry, WatchedFile } from '../../common/contract/library.js';
import { failureOf } from '../../common/failure.js';

/** How long a file has to be left alone before it is read: programs write in pieces. */
const SETTLE_MS = 150;

export interface WatchedFilesOptions {
  readonly paths: readonly string[];
  /** Takes what a file holds. @throws for what is no whole bitstream */
  readonly add: (fileName: string, bytes: Uint8Array) => Promise<LibraryEntry>;
  readonly onChange: (files: readonly WatchedFile[]) => void;
  readonly now?: () => number;
}

/** Files that come into the library when the app starts, and again whenever they change. */
export class WatchedFiles {
  readonly #options: WatchedFilesOptions;
  readonly #files: Map<string, WatchedFile>;
  readonly #watchers: FSWatcher[] = [];
  readonly #settling = new Map<string, NodeJS.Timeout>();

  constructor(options: WatchedFilesOptions) {
    this.#options = options;
    this.#files = new Map(options.paths.map((path) => resolve(path)).map((path) => [path, { path }]));
  }

  list(): readonly WatchedFile[] {
    return [...this.#files.values()];
  }

  /** Reads all files, and watches them from here on. What cannot be read is said in the list. */
  async start(): Promise<void> {
    // The first that was named is added last, so that it stands on top.
    for (const path of [...this.#files.keys()].reverse()) await this.#read(path, true);
    for (const folder of new Set(this.list().map(({ path }) => dirname(path)))) this.#watchFolder(folder);
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close();
    for (const timer of this.#settling.values()) clearTimeout(timer);
  }

  /** Watches a folder, because many programs put a new file in place of the old one. */
  #watchFolder(folder: string): void {
    const own = this.list().filter(({ path }) => dirname(path) === folder);
    const refuse = (error: unknown): void => {
      for (const { path } of own) this.#tell(path, { error: failureOf(error) });
    };
    try {
      const watcher = watch(folder, (_, name) => {
        for (const { path } of own) if (name === null || name === basename(path)) this.#touched(path);
      });
      this.#watchers.push(watcher.on('error', refuse));
    } catch (error) {
      refuse(error);
    }
  }

  #touched(path: string): void {
    clearTimeout(this.#settling.get(path));
    this.#settling.set(
      path,
      setTimeout(() => void this.#read(path, false), SETTLE_MS),
    );
  }

  async #read(path: string, isFirst: boolean): Promise<void> {
    const { now = Date.now } = this.#options;
    const changed = isFirst ? {} : { changedMs: now() };
    const before = this.#files.get(path);
    try {
      const { id } = await this.#options.add(basename(path), await readBytes(path));
      if (isFirst || id !== before?.entry || before.error) this.#tell(path, { entry: id, ...changed });
    } catch (error) {
      const entry = before?.entry === undefined ? {} : { entry: before.entry };
      this.#tell(path, { ...entry, ...changed, error: failureOf(error) });
    }
  }

  #tell(path: string, now: Omit<WatchedFile, 'path'>): void {
    this.#files.set(path, { path, ...now });
    this.#options.onChange(this.list());
  }
}
