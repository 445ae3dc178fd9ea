import { join, resolve } from 'node:path';
import { makeFolder, writeWhole } from '../../files.js';
import { exampleFormOf, isDataThere, loadProjectData, type ExampleForm } from '../../project/data.js';
import { digestOfValue } from '../../project/digest.js';
import { loadProject, type Project } from '../../project/load-config.js';
import { LOCK_NAME, sourcesOf, type Sources } from '../../project/lock.js';
import { projectRecipe } from '../../project/recipe.js';
import type { CheckedConfig } from '../../project/schema.js';
import { withChanges, type RecipeChanges } from '../../project/settings.js';
import type { Dataset } from '../../train/datasets/dataset.js';
import { datasetFingerprint } from '../../train/datasets/fingerprint.js';
import type { Recipe } from '../../train/recipes/recipes.js';
import { fitToData, type FittedRecipe } from '../fit-recipe.js';
import type { Following } from '../observer.js';
import { startDigest } from '../start.js';

/** Where the files of a project are. */
export interface ProjectPlaces {
  /** Files that are committed. */
  readonly output: string;
  readonly lock: string;
  readonly model: string;
  readonly bitstream: string;
  /** What need not be committed: checkpoints and pages. It can be removed at any time. */
  readonly work: string;
}

/** Returns where the files of a project are. */
export function placesOf({ folder, config: { name, output: named } }: Project): ProjectPlaces {
  const output = resolve(folder, named);
  return {
    output,
    lock: join(output, LOCK_NAME),
    model: join(output, `${name}.model.json`),
    bitstream: join(output, `${name}.abit`),
    work: join(folder, '.adiabit'),
  };
}

/** A project with its data. */
export interface OpenedProject {
  readonly project: Project;
  readonly places: ProjectPlaces;
  readonly sources: Sources;
  readonly dataset: Dataset;
  readonly digests: { readonly data: string; readonly teacher?: string; readonly start?: string };
  /** The recipe as it is written, with what follows from the shape of the data. */
  readonly recipe: Recipe;
  /** The recipe as it is trained, and how it was fitted to the data. */
  readonly fitted: FittedRecipe;
  /** Digest of all that decides the training. */
  readonly trainingInputs: string;
}

export interface OpenProjectOptions extends Following, RecipeChanges {
  /** The file of the config. If absent, `adiabit.config.*` in the working directory. */
  readonly config?: string | undefined;
  /** What is otherwise than in the config. */
  readonly overrides?: { readonly [Name in 'seed' | 'backend' | 'threads']?: CheckedConfig[Name] | undefined };
}

/** Returns what the examples of a data set are. */
export const exampleFormIn = ({ kind, train }: Dataset): ExampleForm => ({
  ...(kind === undefined ? {} : { kind }),
  shape:
    kind === 'picture' && train.shape.at(-1) === 1 && train.shape.length === 3 ? train.shape.slice(0, 2) : train.shape,
});

/** Loads the config and the data of a project. @throws ProjectError as `loadProject` does; DataError as `loadProjectData` does */
export async function openProject(options: OpenProjectOptions = {}): Promise<OpenedProject> {
  const project = withOverrides(await loadProject(options.config), options.overrides);
  return openWithData(project, await loadDataOf(project, options), options);
}

/** Opens a project whose config and data are loaded. @throws ProjectError as `withChanges` does */
export async function openWithData(
  project: Project,
  dataset: Dataset,
  options: RecipeChanges = {},
): Promise<OpenedProject> {
  const { config } = project;
  const sources = sourcesOf(config);
  const recipe: Recipe = withChanges(projectRecipe(config, exampleFormIn(dataset)), options);
  const fitted = fitToData(recipe, dataset, sources.normalize);
  const data = datasetFingerprint(dataset);
  const networks = {
    ...(config.teacher === undefined ? {} : { teacher: await networkDigest(project, config.teacher) }),
    ...(config.start === undefined ? {} : { start: await networkDigest(project, config.start) }),
  };
  const digests = { data, ...networks };
  const trainingInputs = digestOfTraining({ ...config, recipe, normalize: sources.normalize, digests });
  return { project, places: placesOf(project), sources, dataset, digests, fitted, recipe, trainingInputs };
}

/** Returns the digest of all that decides a training. */
export const digestOfTraining = ({
  recipe,
  normalize,
  seed,
  backend,
  digests,
}: Pick<CheckedConfig, 'seed' | 'backend'> &
  Pick<OpenedProject, 'recipe' | 'digests'> & { readonly normalize: boolean }): string =>
  digestOfValue({ recipe, normalize, seed, backend, ...digests });

/**
 * Returns a project and its recipe: fitted to the data or, where those are not there yet and the config says what an example is, as it is
 * written.
 */
export async function openRecipe(
  options: OpenProjectOptions = {},
): Promise<Pick<FittedRecipe, 'recipe'> & Pick<OpenedProject, 'project'>> {
  const project = await loadProject(options.config);
  const example = exampleFormOf(project.config.data);
  if (example === undefined || (await isDataThere(project.config.data, project.folder))) {
    const { fitted } = await openProject(options);
    return { project, recipe: fitted.recipe };
  }
  return { project, recipe: withChanges(projectRecipe(project.config, example), options) };
}

/** Loads the data of a project. */
export function loadDataOf(
  { config: { data, name }, folder }: Project,
  { observer, signal }: Following,
): Promise<Dataset> {
  observer?.onStage?.('load');
  return loadProjectData(
    data,
    { name, folder },
    {
      ...(signal === undefined ? {} : { signal }),
      onProgress: (done, total) => observer?.onProgress?.({ step: 'read', done, total }),
    },
  );
}

/** Returns the digest of a trained network that a config names: its teacher, or its start. */
export const networkDigest = ({ folder }: Project, file: string): Promise<string> => startDigest(resolve(folder, file));

/** Makes the folder of what is not committed, and says so to Git. */
export async function makeWorkFolder({ work }: ProjectPlaces): Promise<void> {
  await makeFolder(work);
  await writeWhole(join(work, '.gitignore'), '*\n');
}

function withOverrides(project: Project, overrides: OpenProjectOptions['overrides'] = {}): Project {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return { ...project, config: { ...project.config, ...Object.fromEntries(given) } };
}
