/** Where a command reads what must stay secret: a file, standard input, or the environment; never a word of the command line. */
import { open } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { DataError } from '@adiabit/simulator/errors';
import { errorCode, reasonOf } from '../../files/reasons.js';
import { SignatureError } from '../../signature/index.js';
import { commandLine } from '../command-line.js';

/** What the help of an option says of them. */
export const SECRET_SOURCES = 'a file, "-" for standard input, or env:NAME for an environment variable';
const ENVIRONMENT = 'env:';
const OTHERS = 0o077;

/** Tells whether a secret is read from standard input. */
export const isStandardInput = (source: string): boolean => source === '-';

/**
 * Reads a secret.
 * @throws DataError `data.not-found`; SignatureError `signature.exposed-key` for a file that others than its owner can read or change
 */
export async function readSecret(source: string): Promise<string> {
  if (isStandardInput(source)) return text(process.stdin);
  if (!source.startsWith(ENVIRONMENT)) return readSecretFile(source);
  const name = source.slice(ENVIRONMENT.length);
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  const message = `The environment variable ${name} is not set. Set it, or name a file.`;
  throw new DataError('not-found', message, { variable: name });
}

async function readSecretFile(path: string): Promise<string> {
  const file = await open(path).catch((error: unknown) => {
    const message = `${path} cannot be read: ${reasonOf(error)}. Check the name.`;
    throw new DataError('not-found', message, { path, reason: errorCode(error) }, error);
  });
  try {
    // Of the file that is open, not of whatever has its name by now.
    const { mode } = await file.stat();
    if (isExposed(mode)) throw exposed(path, mode);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Tells whether a mode lets others in. Windows has access lists instead: what they say does not show in a mode. */
export const isExposed = (mode: number, platform = process.platform): boolean =>
  platform !== 'win32' && (mode & OTHERS) !== 0;

function exposed(path: string, mode: number): SignatureError {
  const allowed = (mode & 0o777).toString(8).padStart(3, '0');
  const fix = commandLine(['chmod', '600', path]);
  const message = `${path} holds a secret, and others on this machine can get at it (mode ${allowed}): ${fix}`;
  return new SignatureError('exposed-key', message, { path, mode: allowed, fix });
}
