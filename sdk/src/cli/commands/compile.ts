import { Command, Option } from 'commander';
import { CompileError } from '@adiabit/simulator/errors';
import { netlistStats, printNetlist, type Netlist } from '@adiabit/simulator/netlist';
import { exampleVectors } from '../../train/datasets/dataset.js';
import { writeTogether } from '../../files.js';
import { compileBitstream } from '../../compile/compile-bitstream.js';
import { checkedCircuitOf, reportOf } from '../../compile/compile.js';
import { estimate, type Estimate } from '../../compile/estimate.js';
import { checkFits } from '../../compile/fits.js';
import { operationsOf } from '../../compile/operations.js';
import { TARGETS, type Target } from '../../compile/targets.js';
import type { BinarizedModel } from '../../model/model.js';
import { prepareInput } from '../../model/preparation.js';
import { boardTable, checkBoard, readBoards, type BoardGoals } from '../board-table.js';
import { circuitTable, estimateTable, foldedTable, foldingTable, operationsTable, passTable } from '../describe.js';
import { asPath, commandLine, option } from '../command-line.js';
import { count } from '../../text/format.js';
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
  readonly modelFile: string;
  readonly output: string;
  readonly flags: CompileFlags;
}

export const compileCommand = (): Command =>
  withFormOptions(
    new Command('compile')
      .summary('compile a model to a circuit and its bitstream')
      .description(
        'Builds the circuit of a frozen model, measures it, and writes the bitstream that configures it and that boards run. ' +
          'The bitstream carries golden vectors, which a device runs before it trusts the circuit: random ones, or the first examples of --data.',
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
  const { loadModelFile } = await import('../../model/model-file.js');
  const { model, comparison } = await loadModelFile(modelFile);
  const goldenInputs = await goldenInputsFor(model, flags);
  const job: Job = { terminal, model, modelFile, output, flags };
  const { bitstream, bytes, report: bitstreamReport } = compileBitstream(model, { goldenInputs });
  checkBoard(bitstream, bytes.length, flags);
  const built = checkedCircuitOf(bitstream, flags.form, goalsOf(flags));
  const { circuit } = built;
  const report = { ...bitstreamReport, ...reportOf(built) };
  const target = flags.target === undefined ? undefined : TARGETS[flags.target];
  const size = built.form === 'folded' ? built.estimate : target && estimateFor(target, circuit.netlist);
  const operations = operationsOf(bitstream.network);
  await write(output, bytes, flags, circuit.netlist);
  if (built.form === 'folded') {
    terminal.say(foldingTable(built.circuit));
    terminal.say(foldedTable(report, built.estimate, target ?? TARGETS.lut4));
  } else {
    if (built.passes.length > 0) terminal.say(`passes\n${passTable(built.passes)}\nthe circuit`);
    terminal.say(circuitTable(report));
    if (target !== undefined && size !== undefined)
      terminal.say(`on ${target.title}\n${estimateTable(size, target, circuit.timing.initiationInterval)}`);
  }
  terminal.say(boardTable(bitstream, bytes.length));
  for (const line of describeComparison(comparison)) terminal.say(line);
  terminal.say(`an inference computes\n${operationsTable(operations)}`);
  terminal.say(`wrote ${output}`);
  sayNext(
    job,
    flags.form === 'auto' && built.form === 'folded'
      ? ['run', asPath(output), '--board', 'rp2040']
      : ['simulate', asPath(output), ...option('--form', flags.form === 'auto' ? undefined : flags.form)],
  );
  const folding = built.form === 'folded' ? { folding: built.circuit.folding } : {};
  terminal.result({ ...report, ...folding, estimate: size, operations, comparison, output });
}

/** @throws CompileError `compile.budget-exceeded` for an unrolled circuit that its chip cannot hold */
function estimateFor(target: Target, netlist: Netlist): Estimate {
  const size = estimate(netlist, target.lutInputs);
  const { configurationBits } = netlistStats(netlist);
  // Configuration bits are registers of the scan chain.
  const all = { ...size, registers: size.registers + configurationBits };
  const hint = 'Folded it takes as little as it must: --form folded.';
  checkFits(all, target, target.title, { memory: hint, logic: hint });
  return all;
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
