import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));

/** The firmware as a program of this computer, built before the tests start. */
export const HOST_BINARY = join(FIRMWARE, 'build', 'adiabit-host');

/** Builds it; make does nothing when it is up to date. */
export async function buildHostFirmware(): Promise<void> {
  await promisify(execFile)('make', ['-s', '-C', FIRMWARE, 'host']);
}
