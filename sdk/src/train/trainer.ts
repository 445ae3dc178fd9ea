import { CancelledError, DataError, ModelError } from '@adiabit/simulator/errors';
import { performance } from 'node:perf_hooks';
import type { BackendReport } from './backends/backend.js';
import { openTensorBackend, type TensorBackend } from './backends/tensor-backend.js';
import type { BackendName } from './backends/names.js';
import type { RunIdentity } from './checkpoints/checkpoint-format.js';
import { loadCheckpoint, saveCheckpoint } from './checkpoints/checkpoint.js';
import { checkExamples } from './datasets/batches.js';
import { trainedOn, type Dataset } from './datasets/dataset.js';
import { datasetFingerprint } from './datasets/fingerprint.js';
import { predictHard } from './evaluation/evaluate-hard.js';
import { countCorrect, predict } from './evaluation/evaluate.js';
import type * as Statistics from './evaluation/statistics.js';
import { hardened } from './forward/sharpness.js';
import { createEventLoopYield } from './learning/event-loop.js';
import type { EpochProgress } from './learning/epoch-progress.js';
import { trainEpoch } from './learning/epoch.js';
import { type GradientPool, openGradientPool, threadsFor } from './learning/gradient-pool.js';
import type { Teacher } from './learning/step.js';
import type { TeacherSource } from './learning/teacher.js';
import { type EpochOutcome, initialState, type TrainingState } from './learning/training-state.js';
import { isLogic, type Layer } from './network/layers.js';
import { resolveLayers } from './network/network.js';
import { copyParameters, toTrainedNetwork } from './network/parameters.js';
import { originDigests, type StartingPoint } from './network/starting-point.js';
import { isDenseNetwork, type TrainedNetwork } from './network/trained-network.js';
import { checkLearnt } from './recipes/learn-thresholds.js';
import { checkRun, type Recipe } from './recipes/recipes.js';
import {
  countEpochs,
  type Course,
  courseOf,
  type CustomRules,
  type EpochPlan,
  type ScheduleStep,
} from './schedules/schedules.js';

export interface TrainOptions {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  /** A trained network to go on from. If absent, random weights. */
  readonly start?: StartingPoint;
  /**
   * The network whose outputs a recipe with `softTargets` learns from: its layers are the recipe's, in the mode that
   * they name.
   */
  readonly teacher?: TrainedNetwork;
  /** Any integer. Same seed, recipe, data and backend: same bytes. */
  readonly seed: number;
  /** Rules for schedules that are not built in, by kind. */
  readonly rules?: CustomRules;
  /** `auto` (default): the best that starts. */
  readonly backend?: BackendName | 'auto';
  /**
   * At most how many threads, on `node` processes, compute the gradients of the shards, no more than the recipe has and
   * than there are cores; one on `webgpu`. The bytes do not depend on it.
   */
  readonly threads?: number;
  /** Cores of the processor. If absent, those that this process may use. */
  readonly cores?: number;
  /** Written before the first epoch and after each; a new training replaces an existing file at once. */
  readonly checkpointFile?: string;
  /** Goes on from `checkpointFile`, which must exist. The result has the bytes of a training that never stopped. */
  readonly resume?: boolean;
  /** Stops between two batches; `checkpointFile` then holds the last completed epoch. */
  readonly signal?: AbortSignal;
  readonly onStart?: (start: TrainingStart) => void;
  /** Called after each batch. */
  readonly onProgress?: (progress: EpochProgress) => void;
  /** Called after each epoch, once its checkpoint is saved. The training waits for a promise that it returns. */
  readonly onEpoch?: (record: EpochRecord) => unknown;
  /** Milliseconds from any origin; only speeds and times left come from it. */
  readonly clock?: () => number;
}

/** What is known before the first batch. */
export interface TrainingStart {
  readonly backend: BackendReport;
  /** Threads that compute gradients. */
  readonly threads: number;
  /** How many the schedule takes, or at most takes when it decides on the way. */
  readonly epochs: number;
  /** Epochs that the resumed checkpoint had completed; 0 for a new training. */
  readonly epochsDone: number;
}

/** An epoch's outcome and how long such epochs take. */
export interface EpochRecord extends EpochOutcome {
  /** Training examples per second, without the evaluation. */
  readonly samplesPerSecond: number;
  /**
   * Expected time for the epochs left (at most, when the schedule decides on the way), at the mean pace of this run.
   */
  readonly secondsLeft: number;
}

export interface TrainResult {
  /** The best hard network by validation, with its latent weights: ready to freeze. */
  readonly network: TrainedNetwork;
  /** The epoch it comes from. */
  readonly bestEpoch: number;
  /** Every epoch since the first, those before a resume too. */
  readonly history: readonly EpochOutcome[];
  readonly recipe: Recipe;
  readonly seed: number;
  readonly backend: BackendReport;
  /** SHA-256 of the data, as hexadecimal. */
  readonly datasetFingerprint: string;
  /** Wall-clock time of this call, resumed epochs not counted. */
  readonly seconds: number;
  /** Validation accuracy of `network`, hard. */
  readonly hardValidationAccuracy: number;
  /** Test accuracy of the same latent weights at their epoch's sharpness. */
  readonly softTestAccuracy: number;
  /** Test accuracy of `network` as deployed, computed as `evaluateHard` does; with convolutions on the tensor backend. */
  readonly hardTestAccuracy: number;
  /** The classes that it gives the test examples. */
  readonly hardTestPredictions: Uint8Array;
}

/**
 * Trains a network down to bits.
 *
 * @throws ModelError for a recipe that cannot be trained or a training that diverges; DataError for data that does not
 * fit; CancelledError when the signal fires; FormatError for a checkpoint that is damaged or of another training
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { recipe, dataset, seed } = options;
  const clock = options.clock ?? (() => performance.now());
  const startMs = clock();
  checkRun(recipe, seed, options.threads);
  checkLearnt(recipe);
  const layers = resolveLayers(recipe.network);
  const course = courseOf(recipe.schedule, options.rules);
  const firstStep = course.first();
  const epochs = countEpochs(recipe.schedule);
  checkExamples(recipe.network, dataset.train, 'training');
  checkExamples(recipe.network, dataset.validation, 'validation');
  checkExamples(recipe.network, dataset.test, 'test');
  const backend = await openTensorBackend({ name: options.backend ?? 'auto' });
  const fingerprint = datasetFingerprint(dataset);
  const lesson = lessonOf(options);
  const identity: RunIdentity = {
    recipe,
    seed,
    backend: backend.report.name,
    dataset: fingerprint,
    ...originDigests(options),
  };
  const state = await openState(options, identity, layers, firstStep);
  const { shards = 1 } = recipe;
  const threads = threadsFor(backend.report.name, shards, options);
  const pool = await openGradientPool({ backend, network: recipe.network, threads, lesson });
  const teacher = lesson && (await import('./learning/teacher.js')).openTeacher(backend, recipe.network, lesson);
  try {
    options.onStart?.({ backend: backend.report, threads, epochs, epochsDone: state.epoch });
    await runEpochs({ options, clock, backend, pool, teacher, layers, course, epochs, identity }, state);
  } finally {
    await pool.close();
  }
  const { best } = state;
  if (best === undefined) throw new Error('A schedule has at least one epoch, so there is a best one.');
  const statistics = await estimateStatistics(backend, layers, best.parameters, dataset.train, hardened);
  const network = { ...toTrainedNetwork(recipe.network, best.parameters, statistics), trainedOn: trainedOn(dataset) };
  const softCorrect = await countCorrect(backend, layers, best.parameters, dataset.test, state.history[best.epoch - 1]);
  const { test } = dataset;
  const hardTestPredictions = isDenseNetwork(network)
    ? predictHard(network, test)
    : await predict(backend, layers, best.parameters, test, hardened, statistics);
  const hardCorrect = hardTestPredictions.filter((predicted, index) => predicted === test.labels[index]).length;
  return {
    network,
    bestEpoch: best.epoch,
    history: state.history,
    recipe,
    seed,
    backend: backend.report,
    datasetFingerprint: fingerprint,
    seconds: (clock() - startMs) / 1000,
    hardValidationAccuracy: best.hardAccuracy,
    softTestAccuracy: softCorrect / dataset.test.count,
    hardTestAccuracy: hardCorrect / test.count,
    hardTestPredictions,
  };
}

/**
 * Returns what is learnt besides the labels, if anything is.
 * @throws ModelError when the recipe wants a teacher and none is given, the other way round, or one that does not fit
 */
function lessonOf({ recipe: { name, softTargets }, teacher }: TrainOptions): TeacherSource | undefined {
  if (softTargets !== undefined && teacher !== undefined) return { network: teacher, softTargets };
  if (softTargets === undefined && teacher === undefined) return undefined;
  const message =
    softTargets === undefined
      ? `Recipe '${name}' has no softTargets: it learns from labels alone, so leave the teacher out.`
      : `Recipe '${name}' learns from the outputs of a network of mode ${softTargets.from} too: ` +
        'train that one first and give it as the teacher.';
  throw new ModelError('bad-value', message, { recipe: name, options: ['teacher'] });
}

interface Run {
  readonly options: TrainOptions;
  readonly clock: () => number;
  readonly backend: TensorBackend;
  readonly pool: GradientPool;
  readonly teacher: Teacher | undefined;
  readonly layers: readonly Layer[];
  readonly course: Course;
  readonly epochs: number;
  readonly identity: RunIdentity;
}

async function openState(
  { checkpointFile, resume, seed, start, dataset }: TrainOptions,
  identity: RunIdentity,
  layers: readonly Layer[],
  firstStep: ScheduleStep,
): Promise<TrainingState> {
  if (resume === true) {
    if (checkpointFile === undefined) throw new DataError('not-found', 'To resume, name the checkpoint file.');
    return loadCheckpoint(checkpointFile, identity, layers);
  }
  const lively = isLogic(layers)
    ? (await import('./logic/lively-bits.js')).livelyBits(layers, dataset.train)
    : undefined;
  const state = initialState(layers, seed, firstStep, start, lively);
  // Saved before any work, so that a file that cannot be written is found out now.
  if (checkpointFile !== undefined) await saveCheckpoint(checkpointFile, identity, state);
  return state;
}

async function runEpochs(run: Run, state: TrainingState): Promise<void> {
  const { options, clock, backend, pool, teacher, layers, course, epochs } = run;
  const startMs = clock();
  const epochsBefore = state.epoch;
  const yieldToEventLoop = createEventLoopYield(clock);
  while (state.step !== undefined) {
    const { step } = state;
    if (step.action === 'probe') {
      throwIfCancelled(options, state.epoch);
      state.step = course.next(step, await probe(run, step, state));
      continue;
    }
    const plan = { epoch: state.epoch + 1, ...step.setting };
    const { loss, samplesPerSecond } = await trainEpoch(
      {
        backend,
        layers,
        examples: options.dataset.train,
        epochs,
        batchSize: options.recipe.batchSize,
        shards: options.recipe.shards ?? 1,
        pool,
        adam: options.recipe.adam,
        augmentation: options.recipe.augmentation,
        teacher,
        clock,
        yieldToEventLoop,
        lastGood: { epoch: state.epoch, checkpointFile: options.checkpointFile },
        throwIfCancelled: () => throwIfCancelled(options, state.epoch),
        onProgress: options.onProgress ?? (() => undefined),
      },
      plan,
      state,
    );
    const outcome = await judgeEpoch(run, plan, loss, state);
    state.step = course.next(step, outcome);
    if (options.checkpointFile !== undefined) await saveCheckpoint(options.checkpointFile, run.identity, state);
    const secondsPerEpoch = (clock() - startMs) / 1000 / (state.epoch - epochsBefore);
    const secondsLeft = secondsPerEpoch * (state.step === undefined ? 0 : epochs - state.epoch);
    await options.onEpoch?.({ ...outcome, samplesPerSecond, secondsLeft });
  }
}

/** Returns the validation accuracy of the network as it is, at another sharpness. */
async function probe({ backend, layers, options }: Run, { setting }: ScheduleStep, state: TrainingState) {
  const { validation } = options.dataset;
  const softCorrect = await countCorrect(backend, layers, state.parameters, validation, setting);
  const { epoch, hardAccuracy } = state.history[state.history.length - 1];
  return { epoch, softAccuracy: softCorrect / validation.count, hardAccuracy };
}

/** Loads what only batch normalisation needs. */
async function estimateStatistics(...of: Parameters<typeof Statistics.estimateStatistics>) {
  return (await import('./evaluation/statistics.js')).estimateStatistics(...of);
}

/** Training examples whose statistics stand for those of all when an epoch is judged. */
const STATISTICS_SAMPLE = 5000;

/**
 * Evaluates soft and hard on the validation examples, keeps the network if it is the best, and completes the epoch. The
 * hard network has the statistics of training examples, as it will when deployed: those of the validation batches
 * themselves flatter it.
 */
async function judgeEpoch(run: Run, plan: EpochPlan, loss: number, state: TrainingState): Promise<EpochOutcome> {
  const { backend, layers, epochs, options } = run;
  const { validation } = options.dataset;
  const softCorrect = await countCorrect(backend, layers, state.parameters, validation, plan);
  const { train } = options.dataset;
  const statistics = await estimateStatistics(backend, layers, state.parameters, train, hardened, STATISTICS_SAMPLE);
  const hardCorrect = await countCorrect(backend, layers, state.parameters, validation, hardened, statistics);
  const hardAccuracy = hardCorrect / validation.count;
  const isBest = state.best === undefined || hardAccuracy >= state.best.hardAccuracy;
  if (isBest) state.best = { epoch: plan.epoch, hardAccuracy, parameters: copyParameters(state.parameters) };
  const { epoch, kWeight, kActivation, learningRate } = plan;
  const softAccuracy = softCorrect / validation.count;
  const sharpness = { kWeight, kActivation };
  const outcome = { epoch, epochs, ...sharpness, learningRate, loss, softAccuracy, hardAccuracy, isBest };
  state.history.push(outcome);
  state.epoch = epoch;
  return outcome;
}

function throwIfCancelled({ signal, checkpointFile }: TrainOptions, epochsDone: number): void {
  if (signal?.aborted !== true) return;
  const saved =
    checkpointFile === undefined
      ? 'No checkpoint file was named, so nothing is left of it.'
      : `${checkpointFile} holds the state after epoch ${epochsDone}: resume to go on from there.`;
  throw new CancelledError(`Training cancelled in epoch ${epochsDone + 1}. ${saved}`, {
    epochsDone,
    ...(checkpointFile === undefined ? {} : { checkpointFile }),
  });
}
