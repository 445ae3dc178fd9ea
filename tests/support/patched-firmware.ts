import { execFile } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));

/** A change that makes the core wrong: `before` stands once in `file`. */
export interface Patch {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** Builds the firmware for this computer from a copy of its core with changes; returns the path of the program. */
export async function buildPatchedFirmware(folder: string, ...patches: readonly Patch[]): Promise<string> {
  await cp(join(FIRMWARE, 'core'), join(folder, 'core'), { recursive: true });
  for (const { file, before, after } of patches) {
    const path = join(folder, 'core', file);
    const parts = (await readFile(path, 'utf8')).split(before);
    if (parts.length !== 2) throw new Error(`"${before}" stands ${parts.length - 1} times in ${file}`);
    await writeFile(path, parts.join(after));
  }
  const host = join(FIRMWARE, 'ports', 'host');
  const sources = async (of: string): Promise<string[]> =>
    (await readdir(of)).filter((name) => name.endsWith('.c')).map((name) => join(of, name));
  const program = join(folder, 'adiabit-host');
  const flags = ['-std=c99', '-O1', '-w', '-DADIABIT_SIMULATED_FLASH=1', `-I${join(folder, 'core')}`, `-I${host}`];
  const files = [...(await sources(join(folder, 'core'))), ...(await sources(host))];
  await promisify(execFile)('gcc', [...flags, '-o', program, ...files]);
  return program;
}
