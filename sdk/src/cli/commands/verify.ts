import { Command } from 'commander';
import { readBytes, readText } from '../../files.js';
import { readPublicKey, SignatureError, verifySignature } from '../../signature/index.js';
import { provenanceOf } from '../../workflow/index.js';
import { provenanceText } from '../print/provenance.js';
import { circuitHere, configOption } from '../project.js';
import { createTerminal } from '../terminal.js';

interface VerifyFlags {
  readonly config?: string;
  readonly key?: string;
  readonly json?: boolean;
}

export const verifyCommand = (): Command =>
  new Command('verify')
    .summary('check a bitstream, its papers and who signed it')
    .description(
      'Fails unless the bitstream is whole and, with --key, signed by the key given. Prints where it comes from: digest, format, network, ' +
        'what it was trained on, the model and the adiabit.lock.json beside it where they belong to it, and the key that signed it.',
    )
    .argument('[bitstream]', 'a .abit file (default: that of the project here)')
    .addOption(configOption())
    .option('--key <file>', 'the .pub file of the key that you trust')
    .option('--json', 'print the result as JSON')
    .action(verifyAction);

async function verifyAction(named: string | undefined, flags: VerifyFlags, command: Command): Promise<void> {
  const { key, json } = flags;
  const { bitstream: file } = await circuitHere(command, named, flags);
  const terminal = createTerminal(json === true);
  const signer =
    key === undefined ? undefined : verifySignature(await readBytes(file), readPublicKey(await readText(key)));
  const provenance = await provenanceOf(file);
  terminal.say(`${file} is whole${signer === undefined ? '' : ` and signed by key ${signer}`}`);
  terminal.say(provenanceText(provenance));
  const { signature } = provenance;
  if (signature?.namesFile === false) {
    const message = `The signature of key ${signature.key} does not belong to ${file}: it was changed after it was signed.`;
    throw new SignatureError('invalid', message, { signer: signature.key });
  }
  terminal.result({ file, ...(signer === undefined ? {} : { signedBy: signer }), provenance });
}
