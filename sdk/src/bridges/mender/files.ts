import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, readText, removeFile, writeWhole } from '../../files.js';
import { readChecked, type CheckedBitstream } from '../../workflow/index.js';
import { BridgeError } from '../errors.js';

/** What has to be known of an update after the payload is gone, in digests (hexadecimal). */
export interface Remembered {
  /** The circuit of the update. */
  readonly wanted: string;
  /** The circuit that booted before it; undefined if none did. */
  readonly before?: string | undefined;
}

const DIGEST = /^[0-9a-f]{64}$/;

/** The folder of one update, as the orchestrator lays it out: the payload in `files`, what the interface keeps in `tmp`. */
export class MenderFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Tells whether a payload is there. Some callers have it from ArtifactInstall on only. */
  async hasPayload(): Promise<boolean> {
    return (await this.#bitstreams()).length > 0;
  }

  /**
   * Reads the payload and checks it.
   * @throws BridgeError `bridge.bad-payload` unless it is one `.abit` file; as `readChecked` does
   */
  async payload(publicKeyFile: string | undefined): Promise<CheckedBitstream> {
    const found = await this.#bitstreams();
    if (found.length === 1) return readChecked(found[0], publicKeyFile);
    const message = `The update holds ${found.length} .abit files in ${join(this.#folder, 'files')}; it takes one. Make the artifact anew.`;
    throw new BridgeError('bad-payload', message, { folder: this.#folder, files: found.length });
  }

  async remember(remembered: Remembered): Promise<void> {
    await makeFolder(join(this.#folder, 'tmp'));
    await writeWhole(this.#memory, JSON.stringify(remembered));
  }

  /** Reads what was remembered; undefined if nothing was, or if it is no memory of ours. */
  async remembered(): Promise<Remembered | undefined> {
    const text = await readText(this.#memory).catch(() => undefined);
    return text === undefined ? undefined : parseRemembered(text);
  }

  async forget(): Promise<void> {
    await removeFile(this.#memory);
  }

  get #memory(): string {
    return join(this.#folder, 'tmp', 'adiabit.json');
  }

  /** Lists the `.abit` files of the payload. Links and folders are none. */
  async #bitstreams(): Promise<readonly string[]> {
    const folder = join(this.#folder, 'files');
    const names = await readdir(folder).catch(() => []);
    const paths = names.filter((name) => name.endsWith('.abit')).map((name) => join(folder, name));
    const areFiles = await Promise.all(paths.map(async (path) => (await lstat(path)).isFile()));
    return paths.filter((_, index) => areFiles[index]);
  }
}

function parseRemembered(text: string): Remembered | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { wanted, before } = value as Readonly<Record<string, unknown>>;
  if (!isDigest(wanted) || !(before === undefined || isDigest(before))) return undefined;
  return { wanted, before };
}

const isDigest = (value: unknown): value is string => typeof value === 'string' && DIGEST.test(value);
