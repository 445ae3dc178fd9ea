import { Argument, Command, InvalidArgumentError } from 'commander';
import { binarizationModes, type BinarizationMode } from '../../train/network/network.js';
import { recipeFamilies } from '../../train/recipes/families.js';
import { reproduce } from '../../workflow/index.js';
import { backendOption, integer, normalizeOption, threadsOption } from '../parse.js';
import { configFor, configOption } from '../project.js';
import { familiesNamed, projectInModes, type ReproduceFlags } from '../reproduce-subject.js';
import { createTerminal } from '../terminal.js';
import { watch } from '../watch.js';

const familyNames = recipeFamilies.map(({ name }) => name);

export const reproduceCommand = (): Command =>
  new Command('reproduce')
    .summary('train a network in every mode and write what each reaches')
    .description(
      'Trains the recipes of a family one after the other: nothing binary, weights, activations, both; in the folder of a project its ' +
        'network in each of these modes. Leaves in the output ' +
        'folder a table (Markdown and JSON) and the curves (SVG), renewed after every training. Stop it at any time: the same ' +
        'command goes on where it was, and trains again nothing that is finished.',
    )
    .addArgument(
      new Argument(
        '[recipe...]',
        'families of recipes (default: the network of the project here; where there is none, mnist)',
      ).choices(familyNames),
    )
    .addOption(configOption())
    .option('--modes <list>', 'which modes, separated by commas', modeList, binarizationModes)
    .option('--seeds <list>', 'which seeds, separated by commas', seedList, [1])
    .option('--data <dir>', 'folder with the data, or with a folder for each task (see "adiabit train --help")')
    .addOption(normalizeOption())
    .option('--out <dir>', 'folder for the results', 'out/reproduce')
    .addOption(backendOption())
    .addOption(threadsOption())
    .option('--json', 'print the results as JSON')
    .action(reproduceAction);

function modeList(text: string): readonly BinarizationMode[] {
  return text.split(',').map((name) => {
    const mode = binarizationModes.find((candidate) => candidate === name.trim());
    if (mode) return mode;
    throw new InvalidArgumentError(`"${name}" is no mode; there are ${binarizationModes.join(', ')}.`);
  });
}

const seedList = (text: string): readonly number[] => text.split(',').map((seed) => integer(seed.trim()));

async function reproduceAction(names: readonly string[], flags: ReproduceFlags, command: Command): Promise<void> {
  if (flags.config !== undefined && names.length > 0)
    command.error('error: --config says what is trained: leave the families out', { exitCode: 2 });
  const terminal = createTerminal(flags.json === true);
  const config = names.length > 0 ? undefined : await configFor(command, flags, ['data', 'normalize']);
  const results = await watch(terminal, async (following) => {
    const subject =
      config === undefined
        ? familiesNamed(names.length > 0 ? names : ['mnist'], flags)
        : await projectInModes(config, command, flags, following);
    return reproduce({ ...flags, ...subject, folder: flags.out, ...following });
  });
  terminal.result(results);
}
