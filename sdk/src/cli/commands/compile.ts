import { Command, Option } from 'commander';
import {
  CompileError,
  netlistStats,
  operatorsOf,
  printNetlist,
  readBitstream,
  type Netlist,
  type NetlistStats,
} from '@adiabit/simulator';
import { exampleVectors } from '../../train/datasets/dataset.js';
import { writeTogether, writeWhole } from '../../files.js';
import { estimate, type Estimate } from '../../compile/estimate.js';
import { checkFits } from '../../compile/fits.js';
import { fold } from '../../compile/folding/fold.js';
import { operationsOf } from '../../compile/operations.js';
import { TARGETS, type Target } from '../../compile/targets.js';
import type { HardComparison } from '../../model/comparison.js';
import { isBinaryDense, type BinarizedModel } from '../../model/model.js';
import { prepareInput } from '../../model/preparation.js';
import { boardTable, checkBoard, readBoards, type BoardGoals } from '../board-table.js';
import {
  circuitTable,
  estimateTable,
  foldedTable,
  foldingTable,
  operationsTable,
  operatorTable,
  passTable,
} from '../describe.js';
import { asPath, commandLine, option } from '../command-line.js';
import { count } from '../format.js';
import { describeComparison } from '../describe-comparison.js';
import { goalsOf, withFormOptions, type FormFlags } from '../form.js';
import { loadData, takesDigits, taskOf, type Described } from '../inputs.js';
import { refuseClashes } from '../paths.js';
import { createTerminal, type Terminal } from '../terminal.js';
import { integer, positive } from './train.js';

interface CompileFlags extends FormFlags, BoardGoals {
  readonly output?: string;
  readonly golden: number;
  readonly seed: number;
  readonly data?: string;
  readonly netlist?: string;
  readonly json?: boolean;
}

/** What there is to compile, and where it goes. */
interface Job {
  readonly terminal: Terminal;
  readonly model: BinarizedModel;
  /** If absent, the model's file tells nothing of it. */
  readonly comparison: HardComparison | undefined;
  readonly modelFile: string;
  readonly goldenInputs: readonly Uint8Array[];
  readonly output: string;
  readonly flags: CompileFlags;
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
      .addOption(
        new Option('--board <id>', 'a board whose flash and RAM it must fit').choices(readBoards().map(({ id }) => id)),
      )
      .option('--flash-bytes <n>', 'bytes that the bitstream may take', positive)
      .option('--json', 'print the report as JSON'),
  ).action(compileAction);

async function compileAction(modelFile: string, flags: CompileFlags, command: Command): Promise<void> {
  const output = flags.output ?? modelFile.replace(/(\.model)?\.json$/, '') + '.abit';
  const { netlist, data, json } = flags;
  const stdoutIsTaken = await refuseClashes(command, {
    ...{ data, json, inputs: { 'the model': modelFile } },
    outputs: { [flags.output === undefined ? 'the bitstream' : '--output']: output, '--netlist': netlist },
  });
  const terminal = createTerminal(json === true, stdoutIsTaken);
  const { compile } = await import('../../compile/compile.js');
  const { loadModelFile } = await import('../../model/model-file.js');
  const { model, comparison } = await loadModelFile(modelFile);
  const goldenInputs = await goldenInputsFor(model, flags);
  const job: Job = { terminal, model, comparison, modelFile, goldenInputs, output, flags };
  if (flags.form === 'folded') {
    await compileFolded(job);
    return;
  }
  if (!isBinaryDense(model)) {
    await compileForBoards(job);
    return;
  }
  const { bitstream, bytes, circuit, report } = compile(model, { ...goalsOf(flags), goldenInputs, form: flags.form });
  const target = flags.target === undefined ? undefined : TARGETS[flags.target];
  const size = target && estimateFor(target, circuit.netlist, report);
  const operations = operationsOf(operatorsOf(bitstream));
  checkBoard(bitstream, bytes.length, flags);
  await write(output, bytes, flags, circuit.netlist);
  if (report.passes.length > 0) terminal.say(`passes\n${passTable(report.passes)}\nthe circuit`);
  terminal.say(circuitTable(report));
  if (target !== undefined && size !== undefined) {
    terminal.say(`on ${target.title}\n${estimateTable(size, target, report.timing.initiationInterval)}`);
  }
  terminal.say(boardTable(bitstream, bytes.length));
  sayComparison(terminal, comparison);
  terminal.say(`an inference computes\n${operationsTable(operations)}`);
  terminal.say(`wrote ${output}`);
  sayNext(job, ['simulate', asPath(output)]);
  terminal.result({ ...report, estimate: size, operations, comparison, output });
}

/** @throws CompileError `compile.budget-exceeded` for an unrolled circuit that its chip cannot hold */
function estimateFor(target: Target, netlist: Netlist, { configurationBits }: NetlistStats): Estimate {
  const size = estimate(netlist, target.lutInputs);
  // Configuration bits are registers of the scan chain.
  const all = { ...size, registers: size.registers + configurationBits };
  const hint = 'Folded it takes as little as it must: --form folded.';
  checkFits(all, target, target.title, { memory: hint, logic: hint });
  return all;
}

/** A network of any kind, its layers folded; the circuit is built from the bytes that are written. */
async function compileFolded(job: Job): Promise<void> {
  const { terminal, model, comparison, goldenInputs, output, flags } = job;
  const { compileBitstream } = await import('../../compile/compile-bitstream.js');
  const { bytes } = compileBitstream(model, goldenInputs);
  const bitstream = readBitstream(bytes);
  checkBoard(bitstream, bytes.length, flags);
  const network = operatorsOf(bitstream);
  const folded = fold(model.name, network, goalsOf(flags));
  const operations = operationsOf(network);
  const { circuit, passes } = folded;
  await write(output, bytes, flags, circuit.netlist);
  terminal.say(foldingTable(circuit));
  terminal.say(foldedTable(folded, TARGETS[flags.target ?? 'lut4'], bytes.length));
  terminal.say(boardTable(bitstream, bytes.length));
  sayComparison(terminal, comparison);
  terminal.say(`an inference computes\n${operationsTable(operations)}`);
  terminal.say(`wrote ${output}`);
  sayNext(job, ['simulate', asPath(output), '--form', 'folded']);
  const { timing, folding } = circuit;
  const stats = netlistStats(circuit.netlist);
  terminal.result({ ...stats, timing, folding, estimate: folded.estimate, operations, passes, comparison, output });
}

/** A network that has no circuit of xnor cells: a bitstream of operators, which boards run. */
async function compileForBoards(job: Job): Promise<void> {
  const { terminal, model, comparison, goldenInputs, output } = job;
  const { netlist, form, ...goals } = job.flags;
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
  checkBoard(bitstream, bytes.length, goals);
  await writeWhole(output, bytes);
  terminal.say(operatorTable(report));
  terminal.say(boardTable(bitstream, bytes.length));
  sayComparison(terminal, comparison);
  terminal.say(`wrote ${output}`);
  sayNext(job, ['run', asPath(output), '--board', 'rp2040']);
  terminal.result({ ...report, comparison, output });
}

function sayComparison(terminal: Terminal, comparison: HardComparison | undefined): void {
  for (const line of describeComparison(comparison)) terminal.say(line);
}

/** The bitstream and, where it was asked for, the netlist: both or none. */
async function write(output: string, bytes: Uint8Array, { netlist }: CompileFlags, circuit: Netlist): Promise<void> {
  const text = netlist === undefined ? [] : ([[netlist, { lines: printNetlist(circuit) }]] as const);
  await writeTogether([[output, bytes], ...text]);
}

const describedBy = ({ name, trainedOn, input }: BinarizedModel): Described => ({
  name,
  trainedOn,
  count: input.count,
});

/** What may be run next, with the data and the model that it needs. */
function sayNext({ terminal, model, modelFile, output, flags }: Job, words: readonly string[]): void {
  const data = flags.data ?? (takesDigits(describedBy(model)) ? undefined : 'DIR');
  const needs = [...option('--data', data && asPath(data)), '--model', asPath(modelFile)];
  const flash = commandLine(['adiabit', 'flash', asPath(output), '--port', 'PORT']);
  terminal.say(`next: ${commandLine(['adiabit', ...words, ...needs])}, then ${flash}`);
}

/**
 * Golden vectors are for a device to test itself with: they alone may not take more than a device has for the whole bitstream.
 * @throws CompileError `compile.budget-exceeded`
 */
function checkGoldenVectors(
  vectors: number,
  { count: values, bits }: { readonly count: number; readonly bits: number },
  { flashBytes = 0 }: BoardGoals,
): void {
  const have = Math.max(flashBytes, ...readBoards().map(({ slotBytes }) => slotBytes));
  const need = vectors * Math.ceil((values * bits) / 8);
  if (need <= have) return;
  const message =
    `${count(vectors)} golden vectors take ${count(need)} bytes and more, but no board has more than ${count(have)} for the ` +
    'whole bitstream. Ask for fewer (--golden), or say what yours has (--flash-bytes).';
  throw new CompileError('budget-exceeded', message, { need, have });
}

/** The first test examples of the data folder, or random inputs. @throws CompileError as {@link checkGoldenVectors} */
async function goldenInputsFor(model: BinarizedModel, flags: CompileFlags): Promise<readonly Uint8Array[]> {
  const { input } = model;
  const { data, golden, seed } = flags;
  if (data !== undefined) {
    const examples = exampleVectors((await loadData(data, taskOf(describedBy(model)))).test, golden);
    checkGoldenVectors(examples.length, input, flags);
    return examples.map((example) => prepareInput(input, example));
  }
  checkGoldenVectors(golden, input, flags);
  const { Random } = await import('../../random.js');
  const random = Random.fromSeed(seed);
  return Array.from({ length: golden }, () =>
    Uint8Array.from({ length: input.count }, () => random.below(2 ** input.bits)),
  );
}
