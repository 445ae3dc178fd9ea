import { SignatureError } from '../../signature/index.js';
import { askSecretly, canAsk } from './ask.js';
import { isStandardInput, readSecret } from './secret.js';

/** Shorter ones are found by trying (NIST SP 800-63B asks for as many). */
const LEAST_CHARACTERS = 8;

/** Returns the passphrase of a key: from its source or, if none is named, from whoever sits at the terminal. */
export async function passphraseOf(source: string | undefined, what: string): Promise<string> {
  if (source !== undefined) return firstLine(await readSecret(source));
  if (canAsk()) return askSecretly(`passphrase of ${what}: `);
  throw nobodyToAsk(`${what} is under a passphrase`);
}

/** Returns a passphrase for a new key. One that is typed is typed twice. @throws SignatureError `signature.bad-passphrase` */
export async function newPassphrase(source: string | undefined): Promise<string> {
  if (source === undefined && !canAsk()) throw nobodyToAsk('--encrypt takes a passphrase');
  const chosen = source === undefined ? await askSecretly('new passphrase: ') : firstLine(await readSecret(source));
  if (chosen.length < LEAST_CHARACTERS)
    throw new SignatureError('bad-passphrase', `Give a passphrase of ${LEAST_CHARACTERS} characters or more.`);
  if (source === undefined && (await askSecretly('the same again: ')) !== chosen)
    throw new SignatureError('bad-passphrase', 'The two passphrases differ. Nothing was written.');
  return chosen;
}

/** @throws SignatureError `signature.bad-passphrase` when both a key and its passphrase were to come from standard input */
export function refuseOneInputForBoth(key: string, passphrase: string | undefined): void {
  if (!isStandardInput(key) || passphrase === undefined || !isStandardInput(passphrase)) return;
  const message = '--key and --passphrase are both read from standard input. Give one of them as env:NAME or a file.';
  throw new SignatureError('bad-passphrase', message);
}

const nobodyToAsk = (why: string): SignatureError =>
  new SignatureError(
    'bad-passphrase',
    `${why}, and no terminal is here to ask on. Give --passphrase env:NAME, a file, or "-" for standard input.`,
  );

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0];
