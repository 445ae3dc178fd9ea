import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signedFolder } from '../../sdk/src/boards/build-image.js';
import {
  fingerprint,
  publicKeyBytes,
  readPublicKey,
  trustedKeysHeader as headerOfSdk,
} from '../../sdk/src/signature/index.js';

const FIRMWARE = fileURLToPath(new URL('../../firmware-templates/', import.meta.url));

/** The header of a product and its keys as a build reads it, whether or not they are such as may stand in one. */
export function trustedKeysHeader(product: string, publicKeys: readonly string[]): string {
  const keys = publicKeys.map((pem) => publicKeyBytes(readPublicKey(pem)));
  const rows = keys.map(
    (key) => `  {${[...key].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')}},`,
  );
  return [
    `/* ${keys.map(fingerprint).join(', ')} */`,
    '#include <stdint.h>',
    `#define ADIABIT_PRODUCT "${product}"`,
    `#define ADIABIT_TRUSTED_KEY_COUNT ${keys.length}`,
    'static const uint8_t adiabit_trusted_keys[ADIABIT_TRUSTED_KEY_COUNT][32] = {',
    ...rows,
    '};',
    '',
  ].join('\n');
}

/** Writes the header of a product and its keys, as the SDK has it, into a folder; gives its path. */
export function writeTrustedKeys(folder: string, product: string, publicKeys: readonly string[]): string {
  const path = join(folder, 'trusted_keys.h');
  writeFileSync(path, headerOfSdk({ product, keys: publicKeys.map(readPublicKey) }));
  return path;
}

/** Builds the firmware of this computer for a header of keys; gives its path. */
export function buildSignedHost(folder: string, header: string): string {
  const build = join(folder, 'host');
  execFileSync('make', ['-s', '-C', FIRMWARE, 'host', `BUILD=${build}`, `KEYS=${header}`], { stdio: 'pipe' });
  return join(build, signedFolder(readFileSync(header)), 'adiabit-host');
}
