import { Command } from 'commander';
import { readBytes, readText } from '../../files.js';
import { readPublicKey, verifySignature } from '../../signature/index.js';
import { createTerminal } from '../terminal.js';

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
