import { Command } from 'commander';
import { DataError } from '@adiabit/simulator/errors';
import { exists, readBytes, writeTogether, writeWhole } from '../../files.js';
import {
  fingerprint,
  generateKeys,
  publicKeyBytes,
  readPrivateKey,
  readPublicKey,
  signBitstream,
  verifySignature,
} from '../../signature/index.js';
import { asPath, commandLine } from '../command-line.js';
import { bytes } from '../../text/format.js';
import { refuseClashes } from '../paths.js';
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
      terminal.say(`next: ${commandLine(['adiabit', 'sign', 'FILE', '--key', asPath(keyFile)])}`);
      terminal.result({ fingerprint: id, privateKey: keyFile, publicKey: publicFile });
    });

interface SignFlags {
  readonly key: string;
  readonly output?: string;
  readonly json?: boolean;
}

export const signCommand = (): Command =>
  new Command('sign')
    .summary('sign a bitstream')
    .description(
      'Puts a signature into a bitstream, in place of one that it has. The circuit stays the same; devices and tools that do ' +
        'not check signatures skip it.',
    )
    .argument('<bitstream>', 'a .abit file')
    .requiredOption('--key <file>', 'the .key file from "adiabit keygen"')
    .option('-o, --output <file>', 'the signed bitstream (default: in place)')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, flags: SignFlags, command: Command) => {
      const { json, key: keyFile, output = file } = flags;
      const stdoutIsTaken = await refuseClashes(command, {
        // Signing in place is what happens anyway: the bitstream itself is no clash.
        ...{
          json,
          inputs: { '--key': keyFile },
          outputs: { [flags.output === undefined ? 'signing' : '--output']: output },
        },
      });
      const terminal = createTerminal(json === true, stdoutIsTaken);
      const key = readPrivateKey(await readText(keyFile));
      const signed = signBitstream(await readBytes(file), key);
      await writeWhole(output, signed);
      const id = fingerprint(publicKeyBytes(key));
      terminal.say(`signed by key ${id}\nwrote ${output}, ${bytes(signed.length)}`);
      terminal.result({ output, bytes: signed.length, fingerprint: id });
    });

export const verifyCommand = (): Command =>
  new Command('verify')
    .summary('check who signed a bitstream')
    .description('Fails unless the bitstream is whole and signed by the key given.')
    .argument('<bitstream>', 'a .abit file')
    .requiredOption('--key <file>', 'the .pub file of the key that you trust')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, flags: { key: string; json?: boolean }) => {
      const terminal = createTerminal(flags.json === true);
      const signer = verifySignature(await readBytes(file), readPublicKey(await readText(flags.key)));
      terminal.say(`${file} is whole and signed by key ${signer}`);
      terminal.result({ file, signedBy: signer });
    });

/** @throws DataError `data.not-found` */
export const readText = async (path: string): Promise<string> => new TextDecoder().decode(await readBytes(path));
