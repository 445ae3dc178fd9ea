import { Command } from 'commander';
import { readBytes, readText, writeWhole } from '../../files.js';
import { fingerprint, publicKeyBytes, readPrivateKey, signBitstream } from '../../signature/index.js';
import { bytes } from '../../text/format.js';
import { outputTerminal } from '../output-terminal.js';
import { circuitHere, configOption } from '../project.js';

interface SignFlags {
  readonly config?: string;
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
    .argument('[bitstream]', 'a .abit file (default: that of the project here)')
    .addOption(configOption())
    .requiredOption('--key <file>', 'the .key file from "adiabit keygen"')
    .option('-o, --output <file>', 'the signed bitstream (default: in place)')
    .option('--json', 'print the result as JSON')
    .action(async (named: string | undefined, flags: SignFlags, command: Command) => {
      const { bitstream: file } = await circuitHere(command, named, flags);
      const { json, key: keyFile, output = file } = flags;
      const terminal = await outputTerminal(command, {
        // Signing in place is what happens anyway: the bitstream itself is no clash.
        json,
        inputs: { '--key': keyFile },
        outputs: { [flags.output === undefined ? 'signing' : '--output']: output },
      });
      const key = readPrivateKey(await readText(keyFile));
      const signed = signBitstream(await readBytes(file), key);
      await writeWhole(output, signed);
      const id = fingerprint(publicKeyBytes(key));
      terminal.say(`signed by key ${id}\nwrote ${output}, ${bytes(signed.length)}`);
      terminal.result({ output, bytes: signed.length, fingerprint: id });
    });
