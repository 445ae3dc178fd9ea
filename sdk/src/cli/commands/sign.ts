import { Command } from 'commander';
import { readBytes, readText, writeWhole } from '../../files.js';
import { fingerprint, publicKeyBytes, readPrivateKey, signBitstream } from '../../signature/index.js';
import { bytes } from '../../text/format.js';
import { outputTerminal } from '../output-terminal.js';
import { integer } from '../parse.js';
import { circuitHere, configOption } from '../project.js';

interface SignFlags {
  readonly config?: string;
  readonly key: string;
  readonly product: string;
  readonly counter: number;
  readonly board?: string;
  readonly output?: string;
  readonly json?: boolean;
}

export const signCommand = (): Command =>
  new Command('sign')
    .summary('sign a bitstream')
    .description(
      'Puts a signed manifest behind a bitstream, in place of one that it has. The circuit stays the same; tools that do not check ' +
        'signatures skip it, and devices get it apart from the circuit.',
    )
    .argument('[bitstream]', 'a .abit file (default: that of the project here)')
    .addOption(configOption())
    .requiredOption('--key <file>', 'the .key file from "adiabit keygen"')
    .requiredOption('--product <name>', 'the product whose firmware takes it, such as acme-doorbell')
    .requiredOption('--counter <n>', 'the security counter: raise it when older circuits must not come back', integer)
    .option('--board <id>', 'the only kind of board that takes it (default: every board of the product)')
    .option('-o, --output <file>', 'the signed bitstream (default: in place)')
    .option('--json', 'print the result as JSON')
    .action(async (named: string | undefined, flags: SignFlags, command: Command) => {
      const { bitstream: file } = await circuitHere(command, named, flags);
      const { json, key: keyFile, product, counter, board, output = file } = flags;
      const terminal = await outputTerminal(command, {
        // Signing in place is what happens anyway: the bitstream itself is no clash.
        json,
        inputs: { '--key': keyFile },
        outputs: { [flags.output === undefined ? 'signing' : '--output']: output },
      });
      const key = readPrivateKey(await readText(keyFile));
      const options = { product, securityCounter: counter, ...(board === undefined ? {} : { board }) };
      const signed = signBitstream(await readBytes(file), key, options);
      await writeWhole(output, signed);
      const id = fingerprint(publicKeyBytes(key));
      terminal.say(`signed by key ${id}\nwrote ${output}, ${bytes(signed.length)}`);
      terminal.result({ output, bytes: signed.length, fingerprint: id });
    });
