import { Command, Option } from 'commander';
import { FAULT_KINDS, type FaultKind } from '@adiabit/simulator/analysis';
import { faults } from '../../workflow/index.js';
import { circuitFlags, withFormOptions, type ExampleFlags } from '../form.js';
import { outputTerminal } from '../output-terminal.js';
import { circuitHere, configOption } from '../project.js';
import { examplesOption, integer, integers, positive } from '../parse.js';
import { printFaults } from '../print/faults.js';
import { watch } from '../watch.js';

interface FaultsFlags extends ExampleFlags {
  readonly kind: FaultKind;
  readonly flips?: readonly number[];
  readonly trials: number;
  readonly limit?: number;
  readonly seed: number;
  readonly svg?: string;
}

const KINDS =
  'configuration: bits of weights, thresholds and offsets flip, in the folded form those of their memories; registers: registers ' +
  'flip while an inference runs, each inference its own; stuck: nets are stuck at 0 or 1';

export const faultsCommand = (): Command =>
  withFormOptions(
    new Command('faults')
      .summary('put faults into a circuit at random and see how accuracy falls')
      .description(
        'Single-event upsets and stuck-at faults, anew in every trial, over the test set on the circuit. Same seed, same ' +
          'faults. An input that gets no answer in the promised cycle counts as wrong.',
      )
      .argument('[bitstream]', 'a .abit file (default: that of the project here)')
      .addOption(configOption())
      .addOption(examplesOption())
      .addOption(new Option('--kind <name>', KINDS).choices(FAULT_KINDS).default('configuration'))
      .option(
        '--flips <list>',
        'how many faults, separated by commas (default: 0, 1, 10, ... or 0, 1, 2, 4, ...)',
        integers,
      )
      .option('--trials <n>', 'trials of each number', positive, 5)
      .option('--limit <n>', 'only the first n test examples (default: 2000, folded 128)', positive)
      .option('--seed <n>', 'of the faults', integer, 1)
      .option('--svg <file>', 'also draw it')
      .option('--json', 'print every trial as JSON'),
  ).action(faultsAction);

async function faultsAction(named: string | undefined, flags: FaultsFlags, command: Command): Promise<void> {
  const { kind, form, data, json, svg } = flags;
  if (form === 'specialised' && kind === 'configuration') {
    const why = 'a specialised circuit has its weights built in: choose --kind registers or --kind stuck';
    command.error(`error: ${why}`, { exitCode: 2 });
  }
  const { bitstream, data: dataHere } = await circuitHere(command, named, flags);
  const paths = { inputs: { 'the bitstream': bitstream }, outputs: { '--svg': svg } };
  const terminal = await outputTerminal(command, { data, json, ...paths });
  const tried = await watch(terminal, async (following) =>
    faults({ ...flags, ...circuitFlags(flags), bitstream, data: await dataHere(following), ...following }),
  );
  await printFaults(terminal, tried, flags);
}
