import { join, resolve } from 'node:path';
import { exists, makeFolder, readBytes, readText, removeFile, writeTogether, type NewFile } from '../../files.js';
import { parseModel } from '../../model/model-file.js';
import { budgetLines, budgetOf, checkBudgets, type BudgetLine } from '../../project/budgets.js';
import { digestOf, digestOfValue } from '../../project/digest.js';
import { lockOf, lockText, readLock, type Figures, type Lock } from '../../project/lock.js';
import { exampleVectors } from '../../train/datasets/dataset.js';
import { VERSION } from '../../version.js';
import type { Following } from '../observer.js';
import { compileProject } from './compile-project.js';
import { openProject, type OpenedProject, type OpenProjectOptions } from './open-project.js';
import { trainingInLock, trainProject } from './train-project.js';

export type BuildProjectOptions = Pick<OpenProjectOptions, 'config' | 'observer' | 'signal'>;

/** What a build came to. */
export interface BuiltProject {
  readonly lock: Lock;
  /** Paths of the files that are committed, the lock first. */
  readonly files: readonly string[];
  /** Whether it was done now, or its inputs had not changed. */
  readonly trained: boolean;
  readonly compiled: boolean;
  readonly budgets: readonly BudgetLine[];
  /** The page about the training, if it was trained on this machine. */
  readonly report?: string;
}

/**
 * Builds a project: trains, freezes, compiles for every target, checks the budgets, and writes the files that are committed, all or
 * none. What has not changed is not done again.
 * @throws ProjectError `project.budget-missed`, with the committed files as they were; as `openProject`, `trainProject` and
 * `compileProject` do; CancelledError: the same call goes on from there
 */
export async function buildProject(options: BuildProjectOptions = {}): Promise<BuiltProject> {
  const opened = await openProject(options);
  const { project, places, sources, digests } = opened;
  const { name, budgets } = project.config;
  const before = await readLock(places.lock);
  const { text, training, trained, report } = await trainedModel(opened, before, options);
  const inputs = compilationInputs(opened, text);
  const kept = before && (await keptFiles(opened, before, inputs));
  const compiled = kept ?? (await compile(opened, text, options));
  const { figures } = compiled;
  const lines = budgetLines(budgets, training.accuracy.frozen, figures);
  checkBudgets(lines, 'Nothing was written over: the files that are committed are as they were.');
  const files = new Map([[`${name}.model.json`, text], ...compiled.files]);
  const lock = lockOf({
    name,
    sources,
    digests,
    training,
    compilation: { inputs, adiabit: VERSION, figures },
    files: Object.fromEntries([...files].map(([file, content]) => [file, digestOf(content)])),
  });
  const contents = [...files].map(([file, content]): NewFile => [join(places.output, file), content]);
  if (kept === undefined || before === undefined || lockText(lock) !== lockText(before)) {
    await makeFolder(places.output);
    await writeTogether([...contents, [places.lock, lockText(lock)]]);
  }
  // What an earlier build wrote for a target that is none any more.
  const stale = Object.keys(before?.files ?? {}).filter((file) => !files.has(file));
  await Promise.all(stale.map((file) => removeFile(join(places.output, file))));
  return {
    lock,
    files: [places.lock, ...contents.map(([file]) => file)],
    trained,
    compiled: kept === undefined,
    budgets: lines,
    ...(report === undefined ? {} : { report }),
  };
}

/** Returns the model of the project: the committed one if nothing that decides it has changed, else that of a training. */
async function trainedModel(opened: OpenedProject, before: Lock | undefined, following: Following) {
  const { places, project, trainingInputs } = opened;
  if (before?.training.inputs === trainingInputs && (await exists(places.model))) {
    const text = await readText(places.model);
    if (digestOf(text) === before.files[`${project.config.name}.model.json`])
      return { text, training: before.training, trained: false };
  }
  const done = await trainProject(opened, following);
  const training = trainingInLock(done, trainingInputs);
  return { text: await readText(done.model!), training, trained: !done.isOld, report: done.report };
}

/** Returns the digest of all that decides what is compiled. */
const compilationInputs = ({ project, digests }: OpenedProject, modelText: string): string => {
  const { golden, targets, name } = project.config;
  return digestOfValue({ name, model: digestOf(modelText), data: digests.data, golden, targets, adiabit: VERSION });
};

/** Returns the files of the build before, if it had the same inputs, and they are as it left them. */
async function keptFiles({ places, project }: OpenedProject, before: Lock, inputs: string) {
  const { figures } = before.compilation;
  if (before.compilation.inputs !== inputs || lacksCycles(project.config.budgets.maxCycles, figures)) return undefined;
  const files = new Map<string, Uint8Array>();
  for (const [file, digest] of Object.entries(before.files)) {
    const path = join(places.output, file);
    const content = (await exists(path)) ? await readBytes(path) : undefined;
    if (content === undefined || digestOf(content) !== digest) return undefined;
    files.set(file, content);
  }
  files.delete(`${project.config.name}.model.json`);
  return { figures, files };
}

/** Tells whether cycles have a budget on a board where they were not measured. */
const lacksCycles = (maxCycles: Parameters<typeof budgetOf>[0], { boards }: Figures): boolean =>
  Object.entries(boards).some(([id, { cycles }]) => cycles === undefined && budgetOf(maxCycles, id) !== undefined);

function compile({ project, dataset }: OpenedProject, modelText: string, following: Following) {
  const { name, targets, budgets, golden } = project.config;
  const { boardsFolder } = targets;
  return compileProject(parseModel(modelText), {
    name,
    targets,
    budgets,
    boardsFolder: boardsFolder === undefined ? undefined : resolve(project.folder, boardsFolder),
    goldenInputs: exampleVectors(dataset.validation, golden),
    ...following,
  });
}
