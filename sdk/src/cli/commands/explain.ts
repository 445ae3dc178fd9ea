import { Command } from 'commander';
import { explainExample } from '../../workflow/index.js';
import { circuitFlags, withFormOptions, type ExampleFlags } from '../form.js';
import { outputTerminal } from '../output-terminal.js';
import { circuitHere, configOption } from '../project.js';
import { examplesOption, integer, positive } from '../parse.js';
import { printExplanation } from '../print/explain.js';
import { watch } from '../watch.js';

interface ExplainFlags extends ExampleFlags {
  readonly index: number;
  readonly most: number;
  readonly svg?: string;
}

export const explainCommand = (): Command =>
  withFormOptions(
    new Command('explain')
      .summary('say why a circuit answers one input as it does')
      .description(
        'For one test example: the count of every neuron, its threshold, and the margin between them, layer by layer, then ' +
          'the outputs. The neurons nearest to turning come first. Of networks with convolutions, pools and 8-bit layers it ' +
          'names places and channels, and what their sums are made of; --svg draws the feature maps. The circuit runs the example, ' +
          'too; exit code 1 when it answers otherwise.',
      )
      .argument('[bitstream]', 'a .abit file (default: that of the project here)')
      .addOption(configOption())
      .addOption(examplesOption())
      .option('--index <n>', 'which test example', integer, 0)
      .option('--most <n>', 'neurons shown of each layer', positive, 8)
      .option('--svg <file>', 'also draw the input, all margins or feature maps, and the outputs')
      .option('--json', 'print everything as JSON'),
  ).action(explainAction);

async function explainAction(named: string | undefined, flags: ExplainFlags, command: Command): Promise<void> {
  const { data, json, svg } = flags;
  const { bitstream, data: dataHere } = await circuitHere(command, named, flags);
  const inputs = { 'the bitstream': bitstream };
  const outputs = { '--svg': svg };
  const terminal = await outputTerminal(command, { data, json, inputs, outputs });
  const explained = await watch(terminal, async (following) =>
    explainExample({ ...flags, ...circuitFlags(flags), bitstream, data: await dataHere(following), ...following }),
  );
  await printExplanation(terminal, explained, { ...flags, bitstream });
}
