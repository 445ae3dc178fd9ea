import { Command } from 'commander';
import { writeWhole } from '../../../files.js';
import { fingerprint, publicKeyBytes, trustedKeysHeader } from '../../../signature/index.js';
import { commandLine } from '../../command-line.js';
import { productOption } from '../../keys/manifest-options.js';
import { readPublicKeys } from '../../keys/public-keys.js';
import { outputTerminal } from '../../output-terminal.js';

interface KeyHeaderFlags {
  readonly product: string;
  readonly output: string;
  readonly json?: boolean;
}

export const keyHeaderCommand = (): Command =>
  new Command('header')
    .summary('write the header of the keys that firmware trusts')
    .description(
      'Writes trusted_keys.h for "make KEYS=trusted_keys.h": the product and from 1 to 4 public keys, each once. Takes public Ed25519 keys ' +
        'that are well formed, and nothing else: a private key never gets into firmware.',
    )
    .argument('<keys...>', '.pub files of "adiabit key new"')
    .addOption(productOption().makeOptionMandatory())
    .option('-o, --output <file>', 'the header', 'trusted_keys.h')
    .option('--json', 'print the result as JSON')
    .action(async (files: readonly string[], { product, output, json }: KeyHeaderFlags, command: Command) => {
      const inputs = Object.fromEntries(files.map((file, index) => [`key ${index + 1}`, file]));
      const terminal = await outputTerminal(command, { json, inputs, outputs: { '--output': output } });
      const keys = await readPublicKeys(files);
      await writeWhole(output, trustedKeysHeader({ product, keys }));
      const ids = keys.map((key) => fingerprint(publicKeyBytes(key)));
      terminal.say(`firmware of ${product} that trusts ${ids.length === 1 ? 'key' : 'keys'} ${ids.join(', ')}`);
      if (ids.length === 1)
        terminal.say(
          'one key alone: once it is lost, these boards take no other circuit ever. Name a second, kept elsewhere.',
        );
      terminal.say(
        `wrote ${output}\nnext: ${commandLine(['make', '-C', 'firmware-templates', 'rp2040', `KEYS=${output}`])}`,
      );
      terminal.result({ output, product, keys: ids });
    });
