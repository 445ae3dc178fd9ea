import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { visible } from '@adiabit/simulator/text';
import { makeFolder, removeFile, writeWhole } from '../files.js';
import { saveModel } from '../model/model-file.js';
import { isBinaryDense } from '../model/model.js';
import { saveRecord, type TrainingRecord } from '../reproduce/training-record.js';
import type { BackendName } from '../train/backends/names.js';
import type { Dataset } from '../train/datasets/dataset.js';
import type { Recipe } from '../train/recipes/recipes.js';
import { originDigests, type StartingPoint } from '../train/network/starting-point.js';
import type { TrainedNetwork } from '../train/network/trained-network.js';
import type { TrainResult } from '../train/trainer.js';
import { describeBackend, describeSoftTargets, EPOCH_LEGEND, epochLine } from './describe.js';
import { describeComparison } from './describe-comparison.js';
import { createEpochDoubts, doubtsOfData, doubtsOfPredictions } from './doubts.js';
import { duration, percent } from '../text/format.js';
import { freezeAndTest } from './freezing.js';
import { polishModel } from './polishing.js';
import type { Terminal } from './terminal.js';

export interface TrainingStage {
  readonly recipe: Recipe;
  readonly dataset: Dataset;
  readonly seed: number;
  readonly backend: BackendName | 'auto';
  /** At most; see `TrainOptions`. */
  readonly threads?: number | undefined;
  readonly start?: StartingPoint | undefined;
  /** Where the recipe has soft targets. */
  readonly teacher?: TrainedNetwork | undefined;
  /** Of the network and its model file; the recipe's if absent. */
  readonly name?: string | undefined;
  /** Gets the checkpoint, the record and, where the network can be frozen, the model. */
  readonly folder: string;
  /** Goes on from the checkpoint in the folder, which must be there. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
}

export const checkpointFileIn = (folder: string): string => join(folder, 'training.checkpoint');
export const recordFileIn = (folder: string): string => join(folder, 'training.json');

/** Trains, freezes and polishes as the recipe says, telling of every epoch. @returns the record and, if it has a circuit, the model's file */
export async function trainInto(
  terminal: Terminal,
  stage: TrainingStage,
): Promise<{ readonly record: TrainingRecord; readonly model: string | undefined }> {
  const { recipe, seed, folder } = stage;
  await makeFolder(folder);
  if (!stage.resume) {
    // What an earlier training left is not what this one will.
    await Promise.all([recordFileIn(folder), elapsedFile(folder), polishFile(folder)].map(removeFile));
  }
  const { result, seconds } = await trainOn(terminal, stage);
  const { softTestAccuracy, hardTestAccuracy, bestEpoch, history } = result;
  const backend = result.backend.name;
  terminal.say(
    `test accuracy: ${percent(hardTestAccuracy)} hard, ${percent(softTestAccuracy)} soft ` +
      `(epoch ${bestEpoch}); ${duration(seconds)}`,
  );
  const { model, ...frozen } = await freezeOn(terminal, stage, result);
  const record: TrainingRecord = {
    ...{ recipe: recipe.name, seed, backend, epochs: history.length, bestEpoch, softTestAccuracy, hardTestAccuracy },
    ...frozen,
    seconds,
    identity: {
      ...{ recipe, seed, backend, dataset: result.datasetFingerprint },
      ...originDigests(stage),
    },
    history: [...history],
  };
  await saveRecord(recordFileIn(folder), record);
  return { record, model };
}

async function trainOn(terminal: Terminal, stage: TrainingStage): Promise<{ result: TrainResult; seconds: number }> {
  const { folder, start, teacher, recipe, dataset, seed, backend, threads, resume, signal } = stage;
  const { train } = await import('../train/trainer.js');
  const secondsBefore = resume ? await readElapsed(folder) : 0;
  const startMs = performance.now();
  const elapsed = (): number => secondsBefore + (performance.now() - startMs) / 1000;
  const bar = terminal.progress('epoch');
  const doubtsOf = createEpochDoubts(dataset);
  const result = await train({
    ...{ recipe, dataset, seed, backend, resume, signal },
    ...(threads === undefined ? {} : { threads }),
    ...(start === undefined ? {} : { start }),
    ...(teacher === undefined ? {} : { teacher }),
    checkpointFile: checkpointFileIn(folder),
    onStart: ({ backend: chosen, threads: used, epochsDone }) => {
      for (const line of describeBackend(chosen)) terminal.say(line);
      if (recipe.shards !== undefined)
        terminal.say(`shards of a batch: ${recipe.shards}, in ${used} ${used === 1 ? 'thread' : 'threads'}`);
      if (recipe.softTargets !== undefined) terminal.say(describeSoftTargets(recipe.softTargets));
      if (epochsDone > 0) terminal.say(`resuming after epoch ${epochsDone}`);
      for (const line of doubtsOfData(dataset)) terminal.say(line);
      terminal.say(EPOCH_LEGEND);
    },
    onProgress: ({ batchesDone, batches, loss }) => bar.update(batchesDone, batches, `loss ${loss.toFixed(3)}`),
    onEpoch: async (epoch) => {
      bar.stop();
      await writeWhole(elapsedFile(folder), JSON.stringify({ seconds: elapsed() }));
      terminal.say(epochLine(epoch));
      for (const line of doubtsOf(epoch)) terminal.say(line);
    },
  }).finally(() => bar.stop());
  return { result, seconds: elapsed() };
}

async function freezeOn(
  terminal: Terminal,
  { recipe, name = recipe.name, dataset, seed, backend, folder, resume, signal }: TrainingStage,
  { network, hardTestAccuracy }: TrainResult,
): Promise<
  Pick<TrainingRecord, 'frozenTestAccuracy' | 'notFrozen' | 'comparison' | 'polished'> & {
    readonly model: string | undefined;
  }
> {
  const bar = terminal.progress('freeze');
  const onProgress = (done: number, total: number): void => bar.update(done, total, 'test examples');
  const named = { ...network, name };
  const options = { backend, signal, onProgress };
  const freezing = await freezeAndTest(named, dataset, hardTestAccuracy, options).finally(() => bar.stop());
  if (freezing.kind === 'refused') {
    terminal.say(`no circuit: ${visible(freezing.reason)}`);
    return { frozenTestAccuracy: null, notFrozen: freezing.reason, model: undefined };
  }
  const { comparison, testAccuracy, predictions } = freezing;
  terminal.say(`frozen to integers: ${percent(testAccuracy)} of the test right`);
  for (const line of describeComparison(comparison)) terminal.say(line);
  for (const line of doubtsOfPredictions(predictions, dataset.test)) terminal.say(line);
  const model = join(folder, `${name}.model.json`);
  await saveModel(model, freezing.model, comparison);
  if (!isBinaryDense(freezing.model) || recipe.polish === undefined)
    return { frozenTestAccuracy: testAccuracy, comparison, model };
  const checkpointFile = polishFile(folder);
  const polishing = { plan: recipe.polish, dataset, seed, checkpointFile, resume, signal };
  const result = await polishModel(terminal, freezing.model, polishing);
  await saveModel(model, result.model);
  const { bestSweep, seconds, history } = result;
  const polished = { bestSweep, hardTestAccuracy: result.testAccuracy, seconds, sweeps: [...history] };
  return { frozenTestAccuracy: testAccuracy, comparison, polished, model };
}

const polishFile = (folder: string): string => join(folder, 'polish.checkpoint');

/** The checkpoint holds no times, so that equal trainings have equal bytes; this file does. */
const elapsedFile = (folder: string): string => join(folder, 'elapsed.json');

/** Seconds trained before; 0 when nothing tells of it. */
async function readElapsed(folder: string): Promise<number> {
  try {
    const { seconds } = JSON.parse(await readFile(elapsedFile(folder), 'utf8')) as { readonly seconds?: unknown };
    return typeof seconds === 'number' ? seconds : 0;
  } catch {
    return 0;
  }
}
