import { Command } from 'commander';
import { writeNew } from '../../../files.js';
import {
  encryptPrivateKey,
  fingerprint,
  generateKeys,
  publicKeyBytes,
  readPrivateKey,
} from '../../../signature/index.js';
import { asPath, commandLine } from '../../command-line.js';
import { newPassphrase } from '../../keys/passphrase.js';
import { passphraseOption } from '../../keys/private-key.js';
import { createTerminal } from '../../terminal.js';

interface KeyNewFlags {
  readonly encrypt?: boolean;
  readonly passphrase?: string;
  readonly json?: boolean;
}

const OWNER_ONLY = 0o600;
const EVERYBODY = 0o644;

export const keyNewCommand = (): Command =>
  new Command('new')
    .summary('make a key to sign with')
    .description(
      'Writes NAME.key, which signs and must stay secret, and NAME.pub, which checks and may be given to everybody: an ' +
        'Ed25519 key in PEM. Never writes over a file that is there; nobody but its owner can read NAME.key. With --encrypt it is ' +
        'under a passphrase (PKCS #8, scrypt, AES-256), as OpenSSL reads it too.',
    )
    .argument('<name>', 'path of the two files, without extension')
    .option('--encrypt', 'put the private key under a passphrase')
    .addOption(passphraseOption().implies({ encrypt: true }))
    .option('--json', 'print the result as JSON')
    .action(async (name: string, { encrypt, passphrase, json }: KeyNewFlags) => {
      const terminal = createTerminal(json === true);
      const [keyFile, publicFile] = [`${name}.key`, `${name}.pub`];
      const pair = generateKeys();
      const key = readPrivateKey(pair.privateKey);
      const isEncrypted = encrypt === true;
      const privateText = isEncrypted ? encryptPrivateKey(key, await newPassphrase(passphrase)) : pair.privateKey;
      await writeNew([
        [keyFile, privateText, OWNER_ONLY],
        [publicFile, pair.publicKey, EVERYBODY],
      ]);
      const id = fingerprint(publicKeyBytes(key));
      const care = isEncrypted ? 'under the passphrase; keep both' : 'keep it secret';
      terminal.say(`key ${id}\nwrote ${keyFile} (${care}) and ${publicFile}`);
      const sign = ['adiabit', 'sign', 'FILE', '--key', asPath(keyFile), '--product', 'NAME', '--counter', 'N'];
      terminal.say(`next: ${commandLine(sign)}`);
      terminal.result({ fingerprint: id, privateKey: keyFile, publicKey: publicFile, isEncrypted });
    });
