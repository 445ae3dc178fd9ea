import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, removeFile, writeWhole } from '../files.js';
import { requirePackages } from '../packages/installed.js';
import { saveModel } from '../model/model-file.js';
import { saveRecord, type TrainingRecord } from '../reproduce/training-record.js';
import type { BackendName } from '../train/backends/names.js';
import type { Dataset } from '../train/datasets/dataset.js';
import { originDigests, type StartingPoint } from '../train/network/starting-point.js';
import type { TrainedNetwork } from '../train/network/trained-network.js';
import type { Recipe } from '../train/recipes/recipes.js';
import type { TrainResult } from '../train/trainer.js';
import { createEpochDoubts, doubtsOfData, doubtsOfPredictions, type Doubt } from './doubts.js';
import { freezeNetwork, predictTest } from './freeze.js';
import { throwIfCancelled, type Following } from './observer.js';
import { polishModel, whyNotPolished } from './polish.js';
import { writeTrainingReport } from './report.js';
import type { ShippedNetwork, TrainingFiles, TrainingOutcome } from './training-outcome.js';

export interface TrainToFolderOptions extends Following {
  /** Fitted to the data: see `fitRecipe`. */
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  /** Same seed, recipe, data and backend: same bytes. */
  readonly seed: number;
  /** The best that starts (`auto`). */
  readonly backend?: BackendName | 'auto' | undefined;
  /** At most; see `TrainOptions`. */
  readonly threads?: number | undefined;
  readonly start?: StartingPoint | undefined;
  /** The teacher, if the recipe has soft targets. */
  readonly teacher?: TrainedNetwork | undefined;
  /** The name of the network. If absent, the recipe's. */
  readonly name?: string | undefined;
  /** The folder for the files that `TrainingFiles` lists; made if it is not there. */
  readonly folder: string;
  /** The file of the model. If absent, `NAME.model.json` in the folder. */
  readonly modelFile?: string | undefined;
  /** Goes on from the checkpoint in the folder, which must be there. If absent, what the folder holds is replaced. */
  readonly resume?: boolean | undefined;
}

export const checkpointFileIn = (folder: string): string => join(folder, 'training.checkpoint');
export const recordFileIn = (folder: string): string => join(folder, 'training.json');
export const reportFileIn = (folder: string): string => join(folder, 'report.html');
/** Returns the file of elapsed times. The checkpoint holds none, so that equal trainings have equal bytes. */
const elapsedFileIn = (folder: string): string => join(folder, 'elapsed.json');
const polishFileIn = (folder: string): string => join(folder, 'polish.checkpoint');

/**
 * Trains a network into a folder, freezes it, polishes it as the recipe says, and writes a page about it.
 * @throws PackageError `package.not-installed` before anything is written
 * @throws CancelledError; the checkpoint in the folder then holds the last whole epoch, or the polishing so far
 */
export async function trainToFolder(options: TrainToFolderOptions): Promise<TrainingOutcome> {
  const { recipe, seed, folder, observer, signal, dataset } = options;
  throwIfCancelled(signal);
  requirePackages('training');
  await makeFolder(folder);
  if (options.resume !== true) {
    // What an earlier training left is not what this one will.
    await Promise.all([recordFileIn, elapsedFileIn, polishFileIn, reportFileIn].map((at) => removeFile(at(folder))));
  }
  observer?.onStage?.('train');
  const { result, seconds, samplesPerSecond } = await train(options);
  const { softTestAccuracy, hardTestAccuracy, bestEpoch, history } = result;
  observer?.onNote?.({ kind: 'trained', softTestAccuracy, hardTestAccuracy, bestEpoch, seconds });
  const { files, shipped, ...figures } = await freezeAndPolish(options, result);
  const backend = result.backend.name;
  const record: TrainingRecord = {
    recipe: recipe.name,
    seed,
    backend,
    epochs: history.length,
    bestEpoch,
    softTestAccuracy,
    hardTestAccuracy,
    ...figures,
    seconds,
    identity: { recipe, seed, backend, dataset: result.datasetFingerprint, ...originDigests(options) },
    history: [...history],
  };
  const outcome: TrainingOutcome = {
    record,
    files: {
      checkpoint: checkpointFileIn(folder),
      elapsed: elapsedFileIn(folder),
      record: recordFileIn(folder),
      report: reportFileIn(folder),
      ...files,
    },
    ...(shipped === undefined ? {} : { frozen: shipped }),
    hardPredictions: result.hardTestPredictions,
    samplesPerSecond,
  };
  await writeTrainingReport(outcome.files.report, outcome, dataset);
  // Last: a folder with a record holds a finished training.
  await saveRecord(outcome.files.record, record);
  return outcome;
}

async function train(options: TrainToFolderOptions) {
  const { folder, start, teacher, recipe, dataset, seed, backend = 'auto', threads, observer, signal } = options;
  const resume = options.resume === true;
  const { train } = await import('../train/trainer.js');
  const secondsBefore = resume ? await readElapsed(folder) : 0;
  const startMs = performance.now();
  const elapsed = (): number => secondsBefore + (performance.now() - startMs) / 1000;
  const doubtsOf = createEpochDoubts(dataset);
  const doubt = (doubts: readonly Doubt[]): void =>
    doubts.forEach((one) => observer?.onNote?.({ kind: 'doubt', doubt: one }));
  const speeds: number[] = [];
  const result = await train({
    recipe,
    dataset,
    seed,
    backend,
    resume,
    ...(signal === undefined ? {} : { signal }),
    ...(threads === undefined ? {} : { threads }),
    ...(start === undefined ? {} : { start }),
    ...(teacher === undefined ? {} : { teacher }),
    checkpointFile: checkpointFileIn(folder),
    onStart: ({ backend: chosen, threads: used, epochsDone }) => {
      const { shards, softTargets } = recipe;
      doubt(doubtsOfData(dataset));
      observer?.onNote?.({ kind: 'training', backend: chosen, threads: used, shards, softTargets, epochsDone });
    },
    onProgress: ({ epoch, batchesDone: done, batches: total, loss }) =>
      observer?.onProgress?.({ step: 'epoch', done, total, epoch, loss }),
    onEpoch: async (epoch) => {
      speeds.push(epoch.samplesPerSecond);
      await writeWhole(elapsedFileIn(folder), JSON.stringify({ seconds: elapsed() }));
      observer?.onNote?.({ kind: 'epoch', epoch });
      doubt(doubtsOf(epoch));
    },
  });
  const samplesPerSecond = speeds.reduce((sum, speed) => sum + speed, 0) / Math.max(1, speeds.length);
  return { result, seconds: elapsed(), samplesPerSecond };
}

type Frozen = Pick<TrainingRecord, 'frozenTestAccuracy' | 'notFrozen' | 'comparison' | 'polished'> & {
  readonly files: Pick<TrainingFiles, 'model' | 'polish'>;
  readonly shipped?: ShippedNetwork;
};

async function freezeAndPolish(
  options: TrainToFolderOptions,
  { network, hardTestAccuracy }: TrainResult,
): Promise<Frozen> {
  const { recipe, name = recipe.name, dataset, folder, observer } = options;
  const freezing = await freezeNetwork({ ...network, name }, dataset, hardTestAccuracy, options);
  if (freezing.kind === 'refused') return { frozenTestAccuracy: null, notFrozen: freezing.reason, files: {} };
  const { model, comparison, testAccuracy, predictions, report } = freezing;
  for (const doubt of doubtsOfPredictions(predictions, dataset.test)) observer?.onNote?.({ kind: 'doubt', doubt });
  const file = options.modelFile ?? join(folder, `${name}.model.json`);
  await saveModel(file, model, comparison);
  const figures = { frozenTestAccuracy: testAccuracy, comparison };
  const frozen = { ...figures, files: { model: file }, shipped: { model, report, testAccuracy, predictions } };
  if (recipe.polish === undefined) return frozen;
  const reason = whyNotPolished(model);
  if (reason !== undefined) {
    observer?.onNote?.({ kind: 'not-polished', reason });
    return frozen;
  }
  const checkpointFile = polishFileIn(folder);
  const result = await polishModel(model, {
    ...options,
    plan: recipe.polish,
    checkpointFile,
    resume: options.resume === true,
  });
  await saveModel(file, result.model);
  const { bestSweep, seconds, history, testAccuracy: hard } = result;
  return {
    ...figures,
    polished: { bestSweep, hardTestAccuracy: hard, seconds, sweeps: [...history] },
    files: { model: file, polish: checkpointFile },
    shipped: {
      model: result.model,
      report,
      testAccuracy: hard,
      predictions: await predictTest(result.model, dataset.test, options),
    },
  };
}

/** Reads the seconds trained before; 0 if no file tells of them. */
async function readElapsed(folder: string): Promise<number> {
  try {
    const { seconds } = JSON.parse(await readFile(elapsedFileIn(folder), 'utf8')) as { readonly seconds?: unknown };
    return typeof seconds === 'number' ? seconds : 0;
  } catch {
    return 0;
  }
}
