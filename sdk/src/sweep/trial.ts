/** One trial, wherever it runs: from its job and a folder to its outcome. */
import { join, resolve } from 'node:path';
import { AdiabitError, CancelledError } from '@adiabit/simulator/errors';
import { exists, makeFolder, readText, removeFile } from '../files.js';
import { parseModel } from '../model/model-file.js';
import { digestOf } from '../project/digest.js';
import { exampleVectors, type Dataset } from '../train/datasets/dataset.js';
import type { EpochRecord } from '../train/trainer.js';
import { loadDataOf, openWithData, type OpenedProject } from '../workflow/project/open-project.js';
import { startFrom } from '../workflow/start.js';
import { checkpointFileIn, trainToFolder } from '../workflow/train.js';
import type { Following } from '../workflow/observer.js';
import { SweepError } from './errors.js';
import { figuresOf } from './figures.js';
import { fallsBehind } from './median-rule.js';
import { OUTCOME_HEAD, type TrialJob, type TrialOutcome } from './messages.js';
import { changesOf } from './training.js';

export interface RunTrialOptions {
  /** The folder for its files; a checkpoint in it is gone on from. */
  readonly folder: string;
  /** The folder that paths of the config count from. */
  readonly projectFolder: string;
  readonly signal?: AbortSignal | undefined;
  /** Called after each epoch, when its checkpoint is whole. */
  readonly onEpoch?: (epoch: EpochRecord) => void;
}

/** Runs trials one after the other, and keeps the data of the last one loaded. */
export type TrialRunner = (job: TrialJob, options: RunTrialOptions) => Promise<TrialOutcome>;

export const modelFileIn = (folder: string): string => join(folder, 'network.model.json');

/** Makes a runner. */
export function createTrialRunner(): TrialRunner {
  let last: { readonly key: string; readonly dataset: Dataset } | undefined;
  return async (job, options) => {
    const { config } = job;
    const project = { config: { ...config, seed: job.seed }, file: 'the sweep', folder: options.projectFolder };
    const key = JSON.stringify([config.name, config.data, project.folder]);
    if (last?.key !== key) last = { key, dataset: await loadDataOf(project, options) };
    const { dataset } = last;
    const opened = await openWithData(project, dataset, changesOf(job.point, job.mode, job.epochs));
    checkIdentity(job, opened);
    return runOpened(job, opened, options);
  };
}

/** Runs a trial. @throws SweepError `sweep.other-inputs`; CancelledError: its checkpoint then holds the last whole epoch */
async function runOpened(job: TrialJob, opened: OpenedProject, options: RunTrialOptions): Promise<TrialOutcome> {
  const { folder, signal } = options;
  const { id, point, mode, seed, hurdles } = job;
  const identity = { ...OUTCOME_HEAD, id, point, ...(mode === undefined ? {} : { mode }), seed };
  await makeFolder(folder);
  const history = await historyIn(folder);
  const resume = history !== undefined;
  const accuracies = (history ?? []).map(({ hardAccuracy }) => hardAccuracy);
  const stopped = (): TrialOutcome => ({ ...identity, kind: 'stopped', ...courseOf(accuracies) });
  if (fallsBehind(accuracies, hurdles)) return stopped();
  const giveUp = new AbortController();
  const following: Following = {
    signal: signal === undefined ? giveUp.signal : AbortSignal.any([signal, giveUp.signal]),
    observer: {
      onNote: (note) => {
        if (note.kind !== 'epoch') return;
        accuracies.push(note.epoch.hardAccuracy);
        options.onEpoch?.(note.epoch);
        if (fallsBehind(accuracies, hurdles)) giveUp.abort();
      },
    },
  };
  try {
    return { ...identity, ...(await train(opened, { folder, resume, following })), ...courseOf(accuracies) };
  } catch (error) {
    if (error instanceof CancelledError && giveUp.signal.aborted && signal?.aborted !== true) return stopped();
    // It would fail on every machine: that is what came out.
    if (!(error instanceof AdiabitError) || !/^(model|compile)\./.test(error.code)) throw error;
    const { code, message } = error;
    return { ...identity, kind: 'failed', ...courseOf(accuracies), error: { code, message: message.slice(0, 10_000) } };
  }
}

async function train(
  opened: OpenedProject,
  { folder, resume, following }: { readonly folder: string; readonly resume: boolean; readonly following: Following },
) {
  const { project, dataset, fitted } = opened;
  const { config } = project;
  const at = (file: string): string => resolve(project.folder, file);
  const teacher = config.teacher === undefined ? undefined : await teacherAt(at(config.teacher));
  const start = config.start === undefined ? undefined : await startFrom(at(config.start), fitted.recipe);
  const modelFile = modelFileIn(folder);
  const { record, files } = await trainToFolder({
    recipe: fitted.recipe,
    dataset,
    seed: config.seed,
    backend: config.backend,
    // Workers share the cores; the bytes do not depend on it.
    threads: config.threads ?? 1,
    name: config.name,
    teacher,
    start,
    folder,
    modelFile,
    resume,
    ...following,
  });
  const { softTestAccuracy: soft, hardTestAccuracy: hard, frozenTestAccuracy, polished } = record;
  const accuracy = { soft, hard, frozen: polished?.hardTestAccuracy ?? frozenTestAccuracy };
  if (files.model === undefined) return { kind: 'finished', accuracy } as const;
  const text = await readText(files.model);
  const boards = config.targets.boardsFolder;
  const figures = await figuresOf(parseModel(text, files.model), {
    config,
    boardsFolder: boards === undefined ? undefined : at(boards),
    goldenInputs: exampleVectors(dataset.validation, config.golden),
    signal: following.signal,
  });
  return { kind: 'finished', accuracy, model: digestOf(text), figures } as const;
}

async function teacherAt(file: string) {
  const { loadBestNetwork } = await import('../train/checkpoints/checkpoint.js');
  return loadBestNetwork(file);
}

const courseOf = (history: readonly number[]) => ({
  history: [...history],
  validationAccuracy: Math.max(0, ...history),
});

/** Reads the epochs that a folder has behind it; undefined if there is no checkpoint, or a damaged one, which is removed. */
async function historyIn(folder: string) {
  const file = checkpointFileIn(folder);
  if (!(await exists(file))) return undefined;
  const { loadHistory } = await import('../train/checkpoints/checkpoint.js');
  try {
    return await loadHistory(file);
  } catch {
    await removeFile(file);
    return undefined;
  }
}

/** @throws SweepError `sweep.other-inputs` */
function checkIdentity({ id, config }: TrialJob, { trainingInputs }: OpenedProject): void {
  if (trainingInputs === id) return;
  const message =
    `Trial ${id.slice(0, 8)} of "${config.name}" would be another training here: the data, the teacher or the start differ from those of ` +
    'the sweep, or this is another version of Adiabit.';
  throw new SweepError('other-inputs', message, { id, here: trainingInputs });
}
