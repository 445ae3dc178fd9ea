import type { KeyObject } from 'node:crypto';
import { Option } from 'commander';
import { isEncrypted, readPrivateKey } from '../../signature/index.js';
import { passphraseOf, refuseOneInputForBoth } from './passphrase.js';
import { isStandardInput, readSecret, SECRET_SOURCES } from './secret.js';

/** What names a private key on the command line. */
export interface PrivateKeyFlags {
  readonly key: string;
  readonly passphrase?: string;
}

export const privateKeyOption = (): Option =>
  new Option('--key <source>', `the private key of "adiabit key new": ${SECRET_SOURCES}`).makeOptionMandatory();

export const passphraseOption = (): Option =>
  new Option('--passphrase <source>', `its passphrase: ${SECRET_SOURCES} (default: asked for on the terminal)`);

/**
 * Reads the private key that signs.
 * @throws DataError and SignatureError as `readSecret`, `readPrivateKey` and `passphraseOf` do
 */
export async function privateKeyFrom({ key, passphrase }: PrivateKeyFlags): Promise<KeyObject> {
  refuseOneInputForBoth(key, passphrase);
  return privateKeyIn(await readSecret(key), isStandardInput(key) ? 'the key' : key, passphrase);
}

/** Reads a private key from PEM text. */
export async function privateKeyIn(pem: string, what: string, passphrase: string | undefined): Promise<KeyObject> {
  return isEncrypted(pem) ? readPrivateKey(pem, await passphraseOf(passphrase, what)) : readPrivateKey(pem);
}

/** Returns the path of a private key, if it has one: it is an input that no output may write over. */
export const pathOfKey = (source: string): string | undefined =>
  isStandardInput(source) || source.startsWith('env:') ? undefined : source;
