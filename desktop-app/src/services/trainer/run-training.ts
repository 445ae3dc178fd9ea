import { join } from 'node:path';
import { makeFolder, writeWhole } from '@adiabit/sdk/files';
import { loadBestNetwork } from '@adiabit/sdk/train';
import {
  boardFits,
  compileToFile,
  fitRecipe,
  loadDataOf,
  trainToFolder,
  type BoardFit as SdkBoardFit,
  type Note,
  type Observer,
  type TrainingOutcome,
} from '@adiabit/sdk/workflow';
import type { BoardFit, TrainingResult, TrainingStage } from '../../common/contract/training.js';
import { libraryInbox } from '../library-files.js';
import type { ServiceStart } from '../serve.js';
import { dataSourceOf } from './data-choices.js';
import { doubtInWords } from './doubts.js';
import { pointOf, type TrainingFolders } from './training-folders.js';
import type { Telling, Work } from './trainings.js';

export const bitstreamFileIn = (folder: string): string => join(folder, 'trained.abit');
export const modelFileIn = (folder: string): string => join(folder, 'trained.model.json');

/** Does what a plan says: loads data, trains, freezes and polishes, compiles, and gives the bitstream to the library. */
export const workOf =
  ({ stateFolder, dataFolder, boardsFolder }: ServiceStart, folders: TrainingFolders): Work =>
  async (plan, { id, resume, signal }, telling) => {
    const { recipe: chosen, seed, backend, name, teacher } = plan;
    const following = { observer: observerOf(telling), signal };
    const data = await dataSourceOf(plan.data, dataFolder);
    const dataset = await loadDataOf(chosen, data, following);
    const { recipe } = await fitRecipe(chosen, dataset, { data });
    const folder = folders.pathOf(id);
    const outcome = await trainToFolder({
      ...following,
      recipe,
      dataset,
      seed,
      backend,
      name,
      folder,
      modelFile: modelFileIn(folder),
      resume,
      teacher: teacher === undefined ? undefined : await loadBestNetwork(folders.checkpointOf(teacher)),
    });
    const result = accuraciesOf(outcome);
    if (outcome.frozen === undefined) return result;
    const output = bitstreamFileIn(folder);
    const { bytes, bitstream, report } = await compileToFile({
      ...following,
      modelFile: modelFileIn(folder),
      output,
      data: dataset,
    });
    await makeFolder(libraryInbox(stateFolder));
    await writeWhole(join(libraryInbox(stateFolder), `${id}.abit`), bytes);
    const { form, gates, timing, digest, bitstreamBytes, workBytes } = report;
    const boards = boardFits(bitstream, bytes.length, boardsFolder).boards.map(fitOf);
    return {
      ...result,
      circuit: { form, gates, latency: timing.latency, entry: digest, bitstreamBytes, workBytes, boards },
    };
  };

export const fitOf = ({ id, name, lacks }: SdkBoardFit): BoardFit => ({ board: id, name, lacks });

function accuraciesOf({ record, frozen }: TrainingOutcome): TrainingResult {
  const { softTestAccuracy, hardTestAccuracy, notFrozen, bestEpoch, seconds, polished, backend } = record;
  return {
    softAccuracy: softTestAccuracy,
    hardAccuracy: hardTestAccuracy,
    ...(frozen === undefined ? {} : { frozenAccuracy: frozen.testAccuracy }),
    ...(notFrozen === undefined ? {} : { notFrozen }),
    bestEpoch,
    seconds: seconds + (polished?.seconds ?? 0),
    backend,
  };
}

const STAGES: readonly string[] = ['load', 'train', 'freeze', 'polish', 'compile'] satisfies readonly TrainingStage[];

/** Tells what the workflow does. */
function observerOf(telling: Telling): Observer {
  let stage: TrainingStage = 'load';
  return {
    onStage: (begun) => {
      if (!STAGES.includes(begun)) return;
      stage = begun as TrainingStage;
      telling.progress({ stage, done: 0, total: 0 });
    },
    onProgress: ({ done, total, ...step }) =>
      telling.progress({ stage, done, total, ...('loss' in step ? { loss: step.loss } : {}) }),
    onNote: (note) => tellNote(telling, stage, note),
  };
}

function tellNote(telling: Telling, stage: TrainingStage, note: Note): void {
  const now = { stage, done: 0, total: 0 };
  if (note.kind === 'training') telling.progress({ ...now, backend: note.backend.name });
  else if (note.kind === 'doubt') telling.doubt(doubtInWords(note.doubt));
  else if (note.kind === 'epoch') {
    const { samplesPerSecond: examplesPerSecond, secondsLeft } = note.epoch;
    telling.progress({ ...now, examplesPerSecond, secondsLeft });
    telling.epoch(pointOf(note.epoch));
  }
}
