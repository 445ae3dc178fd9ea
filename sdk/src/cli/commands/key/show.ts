import { Command } from 'commander';
import { readBytes } from '../../../files.js';
import { hasPrivateKey, isEncrypted, isTrustedKeysHeader, SignatureError } from '../../../signature/index.js';
import { passphraseOption, privateKeyIn } from '../../keys/private-key.js';
import { readSecret } from '../../keys/secret.js';
import {
  bitstreamShown,
  headerShown,
  isKeyTable,
  keyTableShown,
  privateKeyShown,
  publicKeyShown,
  shownText,
  type Shown,
} from '../../keys/show.js';
import { createTerminal } from '../../terminal.js';

interface KeyShowFlags {
  readonly passphrase?: string;
  readonly json?: boolean;
}

export const keyShowCommand = (): Command =>
  new Command('show')
    .summary('tell which key a file holds, names or trusts')
    .description(
      'Prints ids and fingerprints, what kind of key it is and what for: of a .key or .pub file, of a trusted_keys.h, of a ' +
        'table of "adiabit key rotate", or of the key that a bitstream says has signed it. Never prints a private half.',
    )
    .argument('<file>', 'a .key, .pub, .h, .table or .abit file')
    .addOption(passphraseOption())
    .option('--json', 'print the result as JSON')
    .action(async (file: string, { passphrase, json }: KeyShowFlags) => {
      const terminal = createTerminal(json === true);
      const shown = await shownOf(file, passphrase);
      terminal.say(shownText(file, shown));
      terminal.result(shown);
    });

const BITSTREAM_MAGIC = 'ABIT';

async function shownOf(file: string, passphrase: string | undefined): Promise<Shown> {
  const bytes = await readBytes(file);
  const text = Buffer.from(bytes).toString('utf8');
  if (text.startsWith(BITSTREAM_MAGIC)) return bitstreamShown(bytes);
  if (isKeyTable(bytes)) return keyTableShown(bytes);
  if (isTrustedKeysHeader(text)) return headerShown(text);
  if (hasPrivateKey(text)) {
    const pem = await readSecret(file);
    return privateKeyShown(await privateKeyIn(pem, file, passphrase), isEncrypted(pem));
  }
  if (text.includes('-----BEGIN ')) return publicKeyShown(text);
  const message = `${file} holds no key: give a .key, .pub, trusted_keys.h, .table or .abit file.`;
  throw new SignatureError('bad-key', message, { file });
}
