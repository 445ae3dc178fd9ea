import { Command, Option } from 'commander';
import { resolve } from 'node:path';
import { readBytes, writeTogether, type NewFile } from '../../files.js';
import { findConfig, loadProject } from '../../project/load-config.js';
import type { SigningConfig } from '../../project/config.js';
import { fingerprint, publicKeyBytes, signBitstream, suitOf } from '../../signature/index.js';
import { bytes } from '../../text/format.js';
import { placesOf } from '../../workflow/project/open-project.js';
import {
  counterOption,
  minimumFirmwareOption,
  onlyBoardOption,
  productOption,
  signingOptions,
  type ManifestFlags,
} from '../keys/manifest-options.js';
import {
  passphraseOption,
  pathOfKey,
  privateKeyFrom,
  privateKeyOption,
  type PrivateKeyFlags,
} from '../keys/private-key.js';
import { outputTerminal } from '../output-terminal.js';
import { configOption } from '../project.js';

interface SignFlags extends PrivateKeyFlags, ManifestFlags {
  readonly config?: string;
  readonly suit?: string;
  readonly output?: string;
  readonly json?: boolean;
}

export const signCommand = (): Command =>
  new Command('sign')
    .summary('sign a bitstream')
    .description(
      'Puts a signed manifest behind a bitstream, in place of one that it has: whose product takes it, which boards, and the security ' +
        'counter. The circuit stays the same; tools that do not check signatures skip it, and devices get it apart from the circuit. In ' +
        'the folder of a project the config may say all but the key. docs/security.md',
    )
    .argument('[bitstream]', 'a .abit file (default: that of the project here)')
    .addOption(privateKeyOption())
    .addOption(passphraseOption())
    .addOption(productOption())
    .addOption(counterOption())
    .addOption(onlyBoardOption())
    .addOption(minimumFirmwareOption())
    .addOption(configOption())
    .option(
      '-o, --output <file>',
      "the signed bitstream (default: in place; of a project's own, NAME.signed.abit beside it)",
    )
    .option(
      '--suit <file>',
      'write a SUIT envelope of the same facts too, for tools that speak it; devices check the manifest',
    )
    .addOption(new Option('--vendor <domain>', 'your domain name, for the envelope, such as acme.example'))
    .option('--json', 'print the result as JSON')
    .action(signAction);

async function signAction(named: string | undefined, flags: SignFlags, command: Command): Promise<void> {
  const { file, output, config } = await bitstreamHere(command, named, flags);
  const { vendor, ...options } = signingOptions(command, flags, config);
  if (flags.suit !== undefined && vendor === undefined)
    command.error('error: --suit takes --vendor, a domain name that is yours', { exitCode: 2 });
  const terminal = await outputTerminal(command, {
    json: flags.json,
    // Signing in place is what happens anyway: the bitstream itself is no clash.
    inputs: { '--key': pathOfKey(flags.key), ...(output === file ? {} : { bitstream: file }) },
    outputs: { [flags.output === undefined ? 'signing' : '--output']: output, '--suit': flags.suit },
  });
  const bitstream = await readBytes(file);
  const key = await privateKeyFrom(flags);
  const signed = signBitstream(bitstream, key, options);
  const suit: readonly NewFile[] =
    flags.suit === undefined || vendor === undefined ? [] : [[flags.suit, await suitOf(signed, key, vendor)]];
  await writeTogether([[output, signed], ...suit]);

  const id = fingerprint(publicKeyBytes(key));
  const { product, board, securityCounter } = options;
  terminal.say(`signed by key ${id} for ${board ?? 'every board'} of ${product}, security counter ${securityCounter}`);
  terminal.say(`wrote ${output}, ${bytes(signed.length)}`);
  if (flags.suit !== undefined) terminal.say(`wrote ${flags.suit}, a SUIT envelope of vendor ${vendor}`);
  const more = flags.suit === undefined ? {} : { suit: flags.suit };
  terminal.result({ output, bytes: signed.length, fingerprint: id, ...options, ...more });
}

interface SignedHere {
  readonly file: string;
  readonly output: string;
  readonly config?: SigningConfig | undefined;
}

/** Returns what to sign, where the result goes, and what the config says if the bitstream is the project's. */
async function bitstreamHere(
  command: Command,
  named: string | undefined,
  { config, output }: SignFlags,
): Promise<SignedHere> {
  const found = config ?? (await findConfig());
  if (found === undefined) {
    const missing = "error: missing required argument 'bitstream': name a .abit file, or go to the folder of a project";
    const file = named ?? command.error(missing, { exitCode: 2 });
    return { file, output: output ?? file };
  }
  const project = await loadProject(found);
  const own = placesOf(project).bitstream;
  const isOwn = named === undefined || resolve(named) === own;
  const file = named ?? own;
  return {
    file,
    // The lock has the digest of the bitstream as it was built.
    output: output ?? (isOwn ? file.replace(/\.abit$/, '.signed.abit') : file),
    config: isOwn || config !== undefined ? project.config.signing : undefined,
  };
}
