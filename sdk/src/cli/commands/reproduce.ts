import { Argument, Command, InvalidArgumentError } from 'commander';
import type { BackendName } from '../../train/backends/names.js';
import { binarizationModes, type BinarizationMode } from '../../train/network/network.js';
import { recipeFamilies } from '../../train/recipes/families.js';
import { reproduce } from '../../workflow/index.js';
import { backendOption, integer, normalizeOption, threadsOption } from '../parse.js';
import { createTerminal } from '../terminal.js';
import { watch } from '../watch.js';

interface ReproduceFlags {
  readonly modes: readonly BinarizationMode[];
  readonly seeds: readonly number[];
  readonly data?: string;
  readonly normalize: boolean;
  readonly out: string;
  readonly backend: BackendName | 'auto';
  readonly threads?: number;
  readonly json?: boolean;
}

const familyNames = recipeFamilies.map(({ name }) => name);

export const reproduceCommand = (): Command =>
  new Command('reproduce')
    .summary('train a network in every mode and write what each reaches')
    .description(
      'Trains the recipes of a family one after the other: nothing binary, weights, activations, both. Leaves in the output ' +
        'folder a table (Markdown and JSON) and the curves (SVG), renewed after every training. Stop it at any time: the same ' +
        'command goes on where it was, and trains again nothing that is finished.',
    )
    .addArgument(new Argument('[recipe...]', 'families of recipes').choices(familyNames).default(['mnist'], 'mnist'))
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

async function reproduceAction(names: readonly string[], flags: ReproduceFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const families = recipeFamilies.filter(({ name }) => names.includes(name));
  const results = await watch(terminal, (following) =>
    reproduce({ ...flags, families, folder: flags.out, ...following }),
  );
  terminal.result(results);
}
