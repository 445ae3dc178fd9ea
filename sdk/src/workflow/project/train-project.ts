import { copyFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exists } from '../../files.js';
import { ProjectError } from '../../project/errors.js';
import type { Lock } from '../../project/lock.js';
import { loadRecord, type TrainingRecord } from '../../reproduce/training-record.js';
import { VERSION } from '../../version.js';
import type { Following } from '../observer.js';
import { startFrom } from '../start.js';
import { checkpointFileIn, recordFileIn, reportFileIn, trainToFolder } from '../train.js';
import { makeWorkFolder, type OpenedProject } from './open-project.js';

/** A training of a project, done now or before. */
export interface ProjectTraining {
  readonly folder: string;
  readonly record: TrainingRecord;
  /** The model file; absent if the network has no exact integer form. */
  readonly model?: string;
  readonly report: string;
  /** Whether it was found finished. */
  readonly isOld: boolean;
}

export interface TrainProjectOptions extends Following {
  /** Trains anew what was trained before. */
  readonly force?: boolean | undefined;
}

/**
 * Trains a project in its work folder, in a folder for each set of inputs: what was stopped goes on, and what is finished is not
 * trained again.
 * @throws CancelledError; the same call goes on from there
 */
export async function trainProject(opened: OpenedProject, options: TrainProjectOptions): Promise<ProjectTraining> {
  const { project, places, dataset, fitted, trainingInputs } = opened;
  const { config } = project;
  const { force = false, observer, signal } = options;
  const folder = join(places.work, `training-${trainingInputs.slice(0, 16)}`);
  await makeWorkFolder(places);
  const found = force ? undefined : await loadRecord(recordFileIn(folder));
  const model = join(folder, `${config.name}.model.json`);
  const done = found ?? (await train());
  const report = join(places.work, 'report.html');
  await copyFile(reportFileIn(folder), report);
  if (found !== undefined) observer?.onNote?.({ kind: 'finished-before', folder });
  const isOld = found !== undefined;
  return { folder, record: done, report, isOld, ...(done.frozenTestAccuracy === null ? {} : { model }) };

  async function train(): Promise<TrainingRecord> {
    for (const note of fitted.notes) observer?.onNote?.(note);
    const { seed, backend, threads, name } = config;
    const resume = !force && (await exists(checkpointFileIn(folder)));
    const training = { recipe: fitted.recipe, dataset, seed, backend, threads, name, folder, modelFile: model, resume };
    const teacher = config.teacher === undefined ? undefined : await teacherAt(resolve(project.folder, config.teacher));
    const start =
      config.start === undefined ? undefined : await startFrom(resolve(project.folder, config.start), fitted.recipe);
    return (await trainToFolder({ ...training, teacher, start, observer, signal })).record;
  }
}

async function teacherAt(file: string) {
  const { loadBestNetwork } = await import('../../train/checkpoints/checkpoint.js');
  return loadBestNetwork(file);
}

/** Returns what a lock says of a training. @throws ProjectError `project.not-frozen` */
export function trainingInLock({ record }: ProjectTraining, inputs: string): Lock['training'] {
  const { backend, epochs, bestEpoch, softTestAccuracy: soft, hardTestAccuracy: hard, polished } = record;
  const frozen = polished?.hardTestAccuracy ?? record.frozenTestAccuracy;
  if (frozen === null) {
    const message = `The network was trained, but has no exact integers, and so no bitstream: ${record.notFrozen ?? ''}`;
    throw new ProjectError('not-frozen', message, { reason: record.notFrozen });
  }
  return { inputs, adiabit: VERSION, backend, epochs, bestEpoch, accuracy: { soft, hard, frozen } };
}
