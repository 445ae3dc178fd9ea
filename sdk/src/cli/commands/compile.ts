import { Command } from 'commander';
import { CompileError, netlistStats, operatorsOf, printNetlist, readBitstream } from '@adiabit/simulator';
import writeFileAtomic from 'write-file-atomic';
import { exampleVectors } from '../../train/dataset.js';
import { writeLines } from '../../files.js';
import { fold } from '../../compile/folding/fold.js';
import { isBinaryDense, type BinarizedModel } from '../../model/model.js';
import { prepareInput } from '../../model/preparation.js';
import { boardTable } from '../board-table.js';
import { circuitTable, foldedTable, foldingTable, operatorTable, passTable } from '../describe.js';
import { goalsOf, withFormOptions, type FormFlags } from '../form.js';
import { loadData, taskOfInputs } from '../inputs.js';
import { createTerminal, type Terminal } from '../terminal.js';
import { integer, positive } from './train.js';

interface CompileFlags extends FormFlags {
  readonly output?: string;
  readonly golden: number;
  readonly seed: number;
  readonly data?: string;
  readonly netlist?: string;
  readonly json?: boolean;
}

export const compileCommand = (): Command =>
  withFormOptions(
    new Command('compile')
      .summary('compile a model to a circuit and its bitstream')
      .description(
        'Lowers a frozen model to an XNOR circuit and writes the bitstream that configures it. The bitstream carries golden ' +
          'vectors, which a device runs before it trusts the circuit: random ones, or the first examples of --data.',
      )
      .argument('<model>', 'a .model.json file from "adiabit train"')
      .option('-o, --output <file>', 'the bitstream (default: beside the model, .abit)')
      .option('--golden <n>', 'golden vectors to put into the bitstream', positive, 4)
      .option('--seed <n>', 'seed of random golden inputs', integer, 1)
      .option('--data <dir>', 'take golden inputs from this folder of IDX files')
      .option('--netlist <file>', 'also write the netlist as text')
      .option('--json', 'print the report as JSON'),
  ).action(compileAction);

async function compileAction(modelFile: string, flags: CompileFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const { compile } = await import('../../compile/compile.js');
  const { loadModel } = await import('../../model/model-file.js');
  const model = await loadModel(modelFile);
  const goldenInputs =
    flags.data === undefined
      ? await randomInputs(flags.golden, model.input, flags.seed)
      : exampleVectors((await loadData(flags.data, taskOfInputs(model.input.count))).test, flags.golden).map(
          (example) => prepareInput(model.input, example),
        );
  const output = flags.output ?? modelFile.replace(/(\.model)?\.json$/, '') + '.abit';
  if (flags.form === 'folded') {
    await compileFolded(terminal, model, goldenInputs, output, flags);
    return;
  }
  if (!isBinaryDense(model)) {
    await compileForBoards(terminal, model, goldenInputs, output, flags);
    return;
  }
  const { bitstream, bytes, circuit, report } = compile(model, { goldenInputs, form: flags.form });
  await writeFileAtomic(output, Buffer.from(bytes));
  if (flags.netlist !== undefined) await writeLines(flags.netlist, printNetlist(circuit.netlist));
  if (report.passes.length > 0) terminal.say(`passes\n${passTable(report.passes)}\nthe circuit`);
  terminal.say(circuitTable(report));
  terminal.say(boardTable(bitstream, bytes.length));
  terminal.say(`wrote ${output}`);
  terminal.say(`next: adiabit simulate ${output}, then adiabit flash ${output} --port PORT`);
  terminal.result({ ...report, output });
}

/** A network of any kind, its layers folded; the circuit is built from the bytes that are written. */
async function compileFolded(
  terminal: Terminal,
  model: BinarizedModel,
  goldenInputs: readonly Uint8Array[],
  output: string,
  flags: CompileFlags,
): Promise<void> {
  const { compileBitstream } = await import('../../compile/compile-bitstream.js');
  const { bytes } = compileBitstream(model, goldenInputs);
  const bitstream = readBitstream(bytes);
  const folded = fold(model.name, operatorsOf(bitstream), goalsOf(flags));
  const { circuit, passes } = folded;
  await writeFileAtomic(output, Buffer.from(bytes));
  if (flags.netlist !== undefined) await writeLines(flags.netlist, printNetlist(circuit.netlist));
  terminal.say(foldingTable(circuit));
  terminal.say(foldedTable(folded, bytes.length));
  terminal.say(boardTable(bitstream, bytes.length));
  terminal.say(`wrote ${output}`);
  terminal.say(`next: adiabit simulate ${output} --form folded, or adiabit export ${output} --form folded`);
  const { timing, folding } = circuit;
  terminal.result({ ...netlistStats(circuit.netlist), timing, folding, estimate: folded.estimate, passes, output });
}

/** A network that has no circuit of xnor cells: a bitstream of operators, which boards run. */
async function compileForBoards(
  terminal: Terminal,
  model: BinarizedModel,
  goldenInputs: readonly Uint8Array[],
  output: string,
  { netlist, form }: CompileFlags,
): Promise<void> {
  if (netlist !== undefined || form !== 'configurable') {
    throw new CompileError(
      'unsupported',
      `"${model.name}" has layers without xnor cells (convolutions, pools or 8-bit weights), so no unrolled circuit. ` +
        'Use --form folded, or leave --netlist and --form out: boards run its bitstream.',
      { name: model.name },
    );
  }
  const { compileOperators } = await import('../../compile/compile-operators.js');
  const { bitstream, bytes, report } = compileOperators(model, { goldenInputs });
  await writeFileAtomic(output, Buffer.from(bytes));
  terminal.say(operatorTable(report));
  terminal.say(boardTable(bitstream, bytes.length));
  terminal.say(`wrote ${output}`);
  terminal.say(`next: adiabit run ${output} --board rp2040, or adiabit flash ${output} --port PORT`);
  terminal.result({ ...report, output });
}

async function randomInputs(
  count: number,
  input: { count: number; bits: number },
  seed: number,
): Promise<Uint8Array[]> {
  const { Random } = await import('../../random.js');
  const random = Random.fromSeed(seed);
  return Array.from({ length: count }, () =>
    Uint8Array.from({ length: input.count }, () => random.below(2 ** input.bits)),
  );
}
