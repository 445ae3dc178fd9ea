import { Command } from 'commander';
import { compileToFile } from '../../workflow/index.js';
import { boardIds, refuseUnknownBoard, type CompileFlags } from '../compile-flags.js';
import { circuitFlags, withFormOptions } from '../form.js';
import { outputTerminal } from '../output-terminal.js';
import { boardsOption, integer, positive } from '../parse.js';
import { printCompiled } from '../print/compile.js';
import { configOption, modelHere } from '../project.js';
import { watch } from '../watch.js';

export const compileCommand = (): Command =>
  withFormOptions(
    new Command('compile')
      .summary('compile a model to a circuit and its bitstream')
      .description(
        'Builds the circuit of a frozen model, measures it, and writes the bitstream that configures it and that boards run. ' +
          'The bitstream carries golden vectors, which a device runs before it trusts the circuit: random ones, or the first examples of --data.',
      )
      .argument('[model]', 'a .model.json file from "adiabit train" (default: that of the project here)')
      .addOption(configOption())
      .option('-o, --output <file>', 'the bitstream (default: beside the model, .abit)')
      .option('--golden <n>', 'golden vectors to put into the bitstream', positive, 4)
      .option('--seed <n>', 'seed of random golden inputs', integer, 1)
      .option('--data <dir>', 'take golden inputs from this folder of IDX files')
      .option('--netlist <file>', 'also write the netlist as text')
      .option('--board <id>', `a board whose flash and RAM it must fit: ${boardIds().join(', ')}`)
      .addOption(boardsOption())
      .option('--flash-bytes <n>', 'bytes that the bitstream may take', positive)
      .option('--json', 'print the report as JSON'),
  ).action(compileAction);

async function compileAction(named: string | undefined, flags: CompileFlags, command: Command): Promise<void> {
  const { model: modelFile, golden } = await modelHere(command, named, flags);
  const output = flags.output ?? modelFile.replace(/(\.model)?\.json$/, '') + '.abit';
  const { netlist: netlistFile, data, json } = flags;
  refuseUnknownBoard(command, flags);
  const terminal = await outputTerminal(command, {
    data,
    json,
    inputs: { 'the model': modelFile },
    outputs: { [flags.output === undefined ? 'the bitstream' : '--output']: output, '--netlist': netlistFile },
  });
  const options = { ...flags, ...circuitFlags(flags), modelFile, output, netlistFile };
  const compiled = await watch(terminal, async (following) =>
    compileToFile({ ...options, ...(await golden(following)), ...following }),
  );
  printCompiled(terminal, compiled, { ...flags, modelFile, output });
}
