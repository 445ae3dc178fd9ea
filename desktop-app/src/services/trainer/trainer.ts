import { AppError } from '@adiabit/simulator/errors';
import { join } from 'node:path';
import { readBytes } from '@adiabit/sdk/files';
import { allRecipes, readRecipe, withEpochs } from '@adiabit/sdk/train';
import type { Handlers } from '../../common/contract.js';
import { throttle } from '../throttle.js';
import type { Emit, ServiceStart } from '../serve.js';
import { dataChoices } from './data-choices.js';
import { Forecasts } from './forecasts.js';
import { choiceOf, recipeChoices, recipeOf } from './recipe-choices.js';
import { bitstreamFileIn, modelFileIn, workOf } from './run-training.js';
import { TrainingFolders } from './training-folders.js';
import { Trainings } from './trainings.js';

/** How often the page is told how far trainings are. */
const TELL_MS = 100;

const FILES = {
  report: ['.report.html', (folder: string) => join(folder, 'report.html')],
  record: ['.training.json', (folder: string) => join(folder, 'training.json')],
  model: ['.model.json', modelFileIn],
  bitstream: ['.abit', bitstreamFileIn],
} as const;

/** Opens the trainer: recipes and data to choose from, and trainings, one at a time. */
export async function openTrainer(
  start: ServiceStart,
  emit: Emit,
): Promise<{ readonly handlers: Handlers<'trainer'>; close(): Promise<void> }> {
  const { stateFolder, dataFolder, boardsFolder } = start;
  const folders = new TrainingFolders(stateFolder);
  const forecasts = new Forecasts(boardsFolder);
  const changed = new Set<string>();
  const telling = throttle(TELL_MS, () => {
    const list = trainings.list();
    const told = list.filter(({ id }) => changed.has(id));
    // One that changed and is not there any more was deleted.
    if (told.length < changed.size) emit('trainings', list);
    else for (const one of told) emit('training', one);
    changed.clear();
  });
  const trainings: Trainings = await Trainings.open({
    folders,
    work: workOf(start, folders),
    onChange: (id) => {
      changed.add(id);
      telling.call();
    },
    onEpoch: (training, point) => emit('trainingEpoch', { training, point }),
  });
  const handlers: Handlers<'trainer'> = {
    listTrainingChoices: async () => ({ recipes: recipeChoices(), data: await dataChoices(dataFolder) }),
    readRecipeText: ({ name }) => `${JSON.stringify(recipeOf({ name }), undefined, 2)}\n`,
    checkRecipe: ({ json }) => {
      const { recipe, issues } = readRecipe(json);
      if (recipe === undefined) return { isGood: false, issues };
      const isShipped = allRecipes.some(({ name }) => name === recipe.name);
      const isSame = allRecipes.some((one) => JSON.stringify(one) === JSON.stringify(recipe));
      if (isShipped && !isSame) {
        const message = `"${recipe.name}" is a recipe that ships. Give yours a name of its own`;
        return { isGood: false, issues: [{ path: 'name', message }] };
      }
      return { isGood: true, choice: choiceOf(recipe) };
    },
    forecastTraining: ({ recipe, withCircuit }) => forecasts.of(recipeOf(recipe), withCircuit),
    listTrainings: () => trainings.list(),
    startTraining: async ({ recipe: named, data, seed, epochs, name, teacher, backend = 'auto' }) => {
      const chosen = recipeOf(named);
      const recipe = epochs === undefined ? chosen : withEpochs(chosen, epochs);
      const source = (await dataChoices(dataFolder)).find(({ id }) => id === data);
      if (source === undefined) throw new AppError('not-found', 'This data is not there any more. Choose other data.');
      if (chosen.softTargets !== undefined && teacher === undefined) {
        throw new AppError('not-now', `${chosen.name} learns from a trained network. Train that first, and choose it.`);
      }
      if (teacher !== undefined) trainings.get(teacher);
      const plan = { name: name ?? chosen.name, recipe, data, dataName: source.name, seed, backend, teacher };
      return trainings.start({ ...plan, createdMs: Date.now() });
    },
    cancelTraining: async ({ training }) => {
      await trainings.cancel(training);
      return undefined;
    },
    resumeTraining: ({ training }) => trainings.resume(training),
    deleteTraining: async ({ training }) => {
      await trainings.remove(training);
      return undefined;
    },
    readEpochs: ({ training }) => folders.epochs(trainings.get(training).id),
    readTrainingFile: async ({ training, file }) => {
      const { id } = trainings.get(training);
      const [ending, fileIn] = FILES[file];
      return { fileName: `${id}${ending}`, bytes: await readBytes(fileIn(folders.pathOf(id))) };
    },
  };
  return {
    handlers,
    close: async () => {
      telling.stop();
      forecasts.close();
      await trainings.close();
    },
  };
}
