import { traceInference } from '@adiabit/simulator/analysis';
import { decodeBitstream, type Bitstream } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import type { CircuitTiming } from '@adiabit/simulator/circuit';
import type { CircuitFormChoice, CircuitGoals } from '../compile/circuit-of.js';
import { readBytes, writeWhole } from '../files.js';
import type { Witness } from '../report/summary.js';
import { buildCircuit } from './build.js';
import { inputsFor, testExamples, type ExampleSource, type RawSource } from './examples.js';
import { throwIfCancelled, type Following } from './observer.js';
import { inferencesInReach } from './reach.js';
import { openSimulator, openThroughScanChains, type EngineName, type Simulator } from './simulators.js';
import { compareOutputs, oracleOutputs, splitOutputs } from './witness.js';

export interface SimulateOptions extends Following, ExampleSource, RawSource {
  /** A .abit file. */
  readonly bitstream: string;
  /** The form of the circuit (`auto`); `scan`: with the bitstream shifted into it a bit a cycle. */
  readonly form?: CircuitFormChoice | 'scan';
  readonly goals?: CircuitGoals;
  /** `compiled` by default. */
  readonly engine?: EngineName;
  /** Worker threads at most (1). */
  readonly threads?: number;
  /** A .model.json whose integer oracle stands beside the circuit. If absent, that of the bitstream does. */
  readonly model?: string | undefined;
  /**
   * How many test examples. If absent, all, or of a large folded circuit as many as are simulated in about half a
   * minute.
   */
  readonly limit?: number | undefined;
}

/** How a test set was classified by a circuit. */
export interface Simulation {
  /** Engine, vectors a pass and threads, in words. */
  readonly engine: string;
  /** Inferences for which each simulated cycle counts. */
  readonly lanes: number;
  readonly timing: CircuitTiming;
  /** Cycles it took to shift the configuration in, if it came in that way. */
  readonly loadingCycles?: number;
  readonly inferences: number;
  /** Test examples that there are, of which the first `inferences` were simulated. */
  readonly available: number;
  /** Whether fewer were simulated than asked for, because each takes so long. */
  readonly isPart: boolean;
  /** If absent, the inputs have no labels. */
  readonly correct?: number;
  /** The names of the classes, where they are known. */
  readonly classNames?: readonly string[];
  /** The classes that the circuit gives, by input. */
  readonly classes: Uint16Array;
  readonly outputs: readonly Int32Array[];
  readonly cycles: number;
  /** Wall-clock time of the test set. */
  readonly seconds: number;
  /**
   * The circuit beside its golden vectors, and beside the integer oracle: of the model if one was named, else of the
   * bitstream.
   */
  readonly witnesses: readonly Witness[];
}

/**
 * Runs a test set on the circuit that the bytes of a bitstream describe, cycle by cycle, and compares every output with
 * the golden vectors and the integer oracle.
 * @throws as `inputsFor`, `circuitOf` and `runInferences` do; CancelledError
 */
export async function simulate(options: SimulateOptions): Promise<Simulation> {
  const { form = 'auto', engine = 'compiled', threads = 1, goals = {}, limit, observer, signal } = options;
  const bytes = await readBytes(options.bitstream);
  const bitstream = decodeBitstream(bytes);
  const test = await inputsFor(bitstream, options, options, limit);
  throwIfCancelled(signal);
  observer?.onStage?.('simulate');
  const opened =
    form === 'scan'
      ? await openThroughScanChains(bytes, engine, goals, options)
      : await openSimulator(
          (await buildCircuit(bitstream, form, goals, options)).circuit,
          engine,
          threads,
          test.inputs.length,
        );
  try {
    return await runTest(opened, bitstream, test, options);
  } finally {
    await opened.close();
  }
}

async function runTest(
  simulator: Simulator,
  bitstream: Bitstream,
  { inputs: all, labels, count: available }: Awaited<ReturnType<typeof inputsFor>>,
  { limit, model, observer, signal }: SimulateOptions,
): Promise<Simulation> {
  const inputs = limit === undefined ? all.slice(0, inferencesInReach(simulator.circuit)) : all;
  const { goldenVectors } = bitstream;
  const classNames = bitstream.description.trainedOn?.classNames;
  const stop = signal === undefined ? {} : { signal };
  const golden = await simulator.run(
    goldenVectors.map(({ input }) => input),
    stop,
  );
  const startMs = performance.now();
  const run = await simulator.run(inputs, {
    ...stop,
    onProgress: (done, total) => observer?.onProgress?.({ step: 'simulate', done, total }),
  });
  const seconds = (performance.now() - startMs) / 1000;
  const outputs = splitOutputs(run);
  const network =
    model === undefined ? bitstream.network : await (await import('../model/model-file.js')).loadModel(model);
  const { loadingCycles } = simulator;
  return {
    engine: simulator.name,
    lanes: simulator.lanes,
    timing: simulator.circuit.timing,
    ...(loadingCycles === undefined ? {} : { loadingCycles }),
    inferences: run.count,
    available,
    isPart: inputs.length < all.length,
    ...(labels === undefined
      ? {}
      : { correct: run.classes.filter((predicted, index) => predicted === labels[index]).length }),
    ...(classNames === undefined ? {} : { classNames }),
    classes: run.classes,
    outputs,
    cycles: run.cycles,
    seconds,
    witnesses: [
      compareOutputs(
        'circuit',
        'golden vectors of the bitstream',
        goldenVectors.map((vector) => vector.outputs),
        splitOutputs(golden),
      ),
      compareOutputs(
        'circuit',
        model === undefined ? 'integer oracle of the bitstream' : `model ${model}`,
        await oracleOutputs(network, inputs, signal),
        outputs,
      ),
    ],
  };
}

export interface TraceOptions extends Following, ExampleSource {
  readonly bitstream: string;
  readonly form?: CircuitFormChoice;
  readonly goals?: CircuitGoals;
  /** The number of the test example, counted from 0. */
  readonly index: number;
  /** The file for the waveform (VCD). */
  readonly output: string;
}

export interface Trace {
  readonly cycles: number;
  readonly class: number;
  readonly label: number;
}

/** Writes the waveform of one inference. @throws DataError `data.not-found` for an example that is not there */
export async function traceToFile({ bitstream: file, output, index, ...options }: TraceOptions): Promise<Trace> {
  const bitstream = decodeBitstream(await readBytes(file));
  const test = await testExamples(bitstream, options, options, index + 1);
  const input = test.inputs.at(index);
  if (!input)
    throw new DataError('not-found', `There is no test example ${index}; they are 0 to ${test.count - 1}.`, { index });
  const { circuit } = await buildCircuit(bitstream, options.form, options.goals, options);
  const { vcd, run } = await traceInference(circuit, input);
  throwIfCancelled(options.signal);
  await writeWhole(output, vcd);
  return { cycles: run.cycles, class: run.classes[0], label: test.labels[index] };
}
