import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Files = Readonly<Record<string, string>>;

export interface DriveBehaviour {
  /** The boot loader does not take what is written. */
  readonly ignoresFiles?: boolean;
  /** The drive comes back after it has taken a file, with these files more. */
  readonly reappears?: Files;
}

const POLL_MS = 10;
const AWAY_MS = 150;

/** A board whose boot loader is a drive: a folder that takes an image and goes away. */
export class DriveBoard {
  readonly path: string;
  /** The image that was written. */
  taken: Uint8Array | undefined;
  readonly #files: Files;
  readonly #timer: NodeJS.Timeout;

  constructor(path: string, files: Files, { ignoresFiles = false, reappears }: DriveBehaviour = {}) {
    this.path = path;
    this.#files = files;
    this.#show(files);
    this.#timer = setInterval(() => {
      const image = readdirSync(path).find((name) => !(name in this.#files));
      if (image === undefined || ignoresFiles) return;
      const file = new Uint8Array(readFileSync(join(path, image)));
      if (!isWhole(file)) return;
      this.taken = file;
      this.unplug();
      if (reappears !== undefined) setTimeout(() => this.#show({ ...files, ...reappears }), AWAY_MS);
    }, POLL_MS);
  }

  unplug(): void {
    clearInterval(this.#timer);
    rmSync(this.path, { recursive: true, force: true });
  }

  #show(files: Files): void {
    mkdirSync(this.path, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.path, name), text);
  }
}

/** Tells whether a boot loader has all of a file: the blocks that a UF2 file says, or the last record of Intel HEX. */
function isWhole(file: Uint8Array): boolean {
  if (file.length < 512) return false;
  if (file[0] === 0x55) return file.length === 512 * new DataView(file.buffer).getUint32(24, true);
  return new TextDecoder().decode(file).trimEnd().endsWith(':00000001FF');
}
