import { Command } from 'commander';
import { menderInterface } from '../../../bridges/mender/interface.js';
import { boardAt } from '../../../workflow/index.js';
import { placeOf } from '../../board-place.js';
import { interruptSignal } from '../../interrupt.js';
import { baudOption, boardsOption } from '../../parse.js';

interface MenderFlags {
  readonly port: string;
  readonly baud?: number;
  readonly boards?: string;
  readonly requireSignature?: string;
}

export const menderInterfaceCommand = (): Command =>
  new Command('mender-interface')
    .summary("answer Mender's orchestrator: one state of an update")
    .description(
      'Does what one state of the interface protocol of Mender Orchestrator asks for, on a device: Download checks the bitstream, ' +
        'ArtifactInstall writes it, ArtifactReboot activates it after its self-test, ArtifactVerifyReboot looks whether it runs, ' +
        'ArtifactCommit confirms it, ArtifactRollback brings the old circuit back. An executable of one line calls it; its ' +
        'interface_args are the options here. A state that this version does not know does nothing.',
    )
    .argument('<state>', 'such as ArtifactInstall, or a query such as SupportsRollback')
    .argument('<files>', 'the folder of the update: the payload, one .abit file, lies in its folder "files"')
    .argument('[component]', 'the type of the component in the topology; it changes nothing')
    .requiredOption('--port <path>', 'the serial port of the device')
    .addOption(baudOption())
    .addOption(boardsOption())
    .option('--require-signature <key>', 'install only what the key in this .pub file has signed')
    .action(menderAction);

async function menderAction(state: string, files: string, _component: string | undefined, flags: MenderFlags) {
  const call = {
    state,
    files,
    open: boardAt(placeOf(flags.port, flags)),
    publicKeyFile: flags.requireSignature,
    signal: interruptSignal(),
  };
  for (const line of await menderInterface(call)) process.stdout.write(`${line}\n`);
}
