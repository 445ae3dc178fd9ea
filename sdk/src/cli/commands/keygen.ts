import { Command } from 'commander';
import { DataError } from '@adiabit/simulator/errors';
import { exists, writeTogether } from '../../files.js';
import { fingerprint, generateKeys, publicKeyBytes, readPublicKey } from '../../signature/index.js';
import { asPath, commandLine } from '../command-line.js';
import { createTerminal } from '../terminal.js';

const OWNER_ONLY = 0o600;

export const keygenCommand = (): Command =>
  new Command('keygen')
    .summary('make a key to sign bitstreams with')
    .description(
      'Writes NAME.key, which signs and must stay secret, and NAME.pub, which checks and may be given to everybody: an ' +
        'Ed25519 key in PEM. Never writes over a key that is there.',
    )
    .argument('<name>', 'path of the two files, without extension')
    .option('--json', 'print the result as JSON')
    .action(async (name: string, flags: { json?: boolean }) => {
      const terminal = createTerminal(flags.json === true);
      const [keyFile, publicFile] = [`${name}.key`, `${name}.pub`];
      for (const path of [keyFile, publicFile]) {
        if (!(await exists(path))) continue;
        throw new DataError('bad-value', `${path} is there already. Choose another name, or move it away.`, { path });
      }
      const { privateKey, publicKey } = generateKeys();
      await writeTogether([
        [keyFile, privateKey, OWNER_ONLY],
        [publicFile, publicKey],
      ]);
      const id = fingerprint(publicKeyBytes(readPublicKey(publicKey)));
      terminal.say(`key ${id}\nwrote ${keyFile} (keep it secret) and ${publicFile}`);
      terminal.say(
        `next: ${commandLine(['adiabit', 'sign', 'FILE', '--key', asPath(keyFile), '--product', 'my-product', '--counter', '0'])}`,
      );
      terminal.result({ fingerprint: id, privateKey: keyFile, publicKey: publicFile });
    });
