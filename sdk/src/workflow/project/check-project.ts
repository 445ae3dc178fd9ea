import { join, resolve } from 'node:path';
import { toHex } from '@adiabit/simulator/bits';
import { decodeBitstream, type Bitstream } from '@adiabit/simulator/bitstream';
import { createOracle } from '@adiabit/simulator/network';
import { exists, readBytes } from '../../files.js';
import { parseModel } from '../../model/model-file.js';
import { budgetLines, checkBudgets, type BudgetLine } from '../../project/budgets.js';
import { isDataThere } from '../../project/data.js';
import { digestOf, digestOfValue } from '../../project/digest.js';
import { ProjectError } from '../../project/errors.js';
import { loadProject, type Project } from '../../project/load-config.js';
import { readLock, sourcesOf, type Figures, type Lock } from '../../project/lock.js';
import { firstDifference } from '../../train/checkpoints/difference.js';
import { datasetFingerprint } from '../../train/datasets/fingerprint.js';
import type { BinarizedModel } from '../../model/model.js';
import { percent } from '../../text/format.js';
import { VERSION } from '../../version.js';
import { predictTest } from '../freeze.js';
import type { Following } from '../observer.js';
import { compileProject, type CompiledProject } from './compile-project.js';
import { loadDataOf, networkDigest, placesOf } from './open-project.js';

/** What a check found to be so. */
export interface CheckedProject {
  readonly lock: Lock;
  /** Whether the data were there to be compared; if not, their digest and the accuracy are those of the lock. */
  readonly hasData: boolean;
  /** Boards whose cycles could not be measured here: those of the lock stand for them. */
  readonly notMeasured: readonly string[];
  readonly budgets: readonly BudgetLine[];
}

export interface CheckProjectOptions extends Following {
  /** The file of the config. If absent, `adiabit.config.*` in the working directory. */
  readonly config?: string | undefined;
}

/** Cycles on an emulated board depend a little on when its bytes come in. */
const TOLERATED_CYCLES = 0.02;

/**
 * Checks the committed files of a project without training: that config and data are those that they were built from, that no file was
 * changed, that the bitstream is what the model compiles to and says what the integer oracle says, and that the budgets hold.
 * @throws ProjectError `project.not-built`; `project.out-of-date` that lists all that differs; `project.budget-missed`; CancelledError
 */
export async function checkProject(options: CheckProjectOptions = {}): Promise<CheckedProject> {
  const project = await loadProject(options.config);
  const places = placesOf(project);
  const lock = await readLock(places.lock);
  if (lock === undefined) {
    const message = `There is no ${places.lock}: the project was never built, or what a build writes is not committed.`;
    throw new ProjectError('not-built', message, { file: places.lock });
  }
  const data = await checkData(project, lock, options);
  const findings = [...changedSources(project, lock), ...data.findings, ...(await changedNetworks(project, lock))];
  const files = await readFiles(places.output, lock);
  findings.push(...files.findings);
  const found = files.findings.length > 0 ? undefined : await checkFiles(project, lock, files.contents, options);
  findings.push(...(found?.findings ?? []));
  const model = found?.model;
  const accuracy =
    model === undefined || data.dataset === undefined ? undefined : await accuracyOf(model, data.dataset, options);
  if (accuracy !== undefined && accuracy !== lock.training.accuracy.frozen)
    findings.push(
      `the frozen network gets ${percent(accuracy)} of the test right, not ${percent(lock.training.accuracy.frozen)} as the lock says`,
    );
  if (findings.length > 0 || found === undefined) {
    const message = `${places.lock} is out of date: ${findings.join('; ')}.`;
    throw new ProjectError('out-of-date', message, { file: places.lock, findings });
  }
  const budgets = budgetLines(project.config.budgets, lock.training.accuracy.frozen, found.figures);
  checkBudgets(budgets, 'Train or compile for less, or change the budgets.');
  return { lock, hasData: data.dataset !== undefined, notMeasured: found.notMeasured, budgets };
}

/** Returns what the config says otherwise than it did. */
function changedSources({ config, file }: Project, lock: Lock): readonly string[] {
  const changed = (Object.keys(lock.sources) as (keyof Lock['sources'])[]).flatMap((source) => {
    const difference = firstDifference({ [source]: sourcesOf(config)[source] }, { [source]: lock.sources[source] });
    return difference === undefined
      ? []
      : [`${difference.path} is ${difference.left} in ${file}, and was ${difference.right}`];
  });
  const named = config.name === lock.name ? [] : [`name is "${config.name}" in ${file}, and was "${lock.name}"`];
  const edited =
    digestOfValue(lock.sources) === lock.digests.config ? [] : ['the sources in the lock were changed by hand'];
  return [...named, ...changed, ...edited];
}

/** Compares the trained networks that the training went on from or learnt from, if they are there: like data they need not be committed. */
async function changedNetworks(project: Project, lock: Lock): Promise<readonly string[]> {
  const compared = (['teacher', 'start'] as const).map(async (role) => {
    const file = project.config[role];
    const before = lock.digests[role];
    if (file === undefined)
      return before === undefined ? [] : [`the config names no ${role}, and did when it was trained`];
    if (before === undefined) return [`${role} is ${file} in ${project.file}, and there was none`];
    if (!(await exists(resolve(project.folder, file)))) return [];
    return (await networkDigest(project, file)) === before
      ? []
      : [`the ${role} ${file} is another network than it was`];
  });
  return (await Promise.all(compared)).flat();
}

/** Compares the data, if they are there. */
async function checkData(project: Project, lock: Lock, following: Following) {
  if (!(await isDataThere(project.config.data, project.folder))) return { findings: [] };
  const dataset = await loadDataOf(project, following);
  const isSame = datasetFingerprint(dataset) === lock.digests.data;
  return isSame ? { findings: [], dataset } : { findings: ['the data are others than it was trained on'] };
}

/** Reads the committed files, and compares them with their digests. */
async function readFiles(output: string, lock: Lock) {
  const contents = new Map<string, Uint8Array>();
  const findings: string[] = [];
  for (const [file, digest] of Object.entries(lock.files)) {
    const path = join(output, file);
    const content = (await exists(path)) ? await readBytes(path) : undefined;
    if (content === undefined) findings.push(`${file} is missing`);
    else if (digestOf(content) !== digest) findings.push(`${file} is another file than was built`);
    else contents.set(file, content);
  }
  return { contents, findings };
}

interface FilesFound {
  readonly findings: readonly string[];
  readonly model: BinarizedModel;
  readonly figures: Figures;
  readonly notMeasured: readonly string[];
}

/** Compiles the committed model again, with the golden inputs of the committed bitstream, and compares everything. */
async function checkFiles(
  { config, folder }: Project,
  lock: Lock,
  contents: ReadonlyMap<string, Uint8Array>,
  following: Following,
): Promise<FilesFound> {
  const { name, targets } = config;
  const read = (file: string): Uint8Array => {
    const content = contents.get(file);
    if (content !== undefined) return content;
    throw new ProjectError('not-built', `The lock has no ${file}. Build the project again.`, { file });
  };
  const model = parseModel(new TextDecoder().decode(read(`${name}.model.json`)), `${name}.model.json`);
  const bitstream = decodeBitstream(read(`${name}.abit`));
  const compiled = await compileProject(model, {
    name,
    targets,
    boardsFolder: targets.boardsFolder === undefined ? undefined : resolve(folder, targets.boardsFolder),
    // Where cycles cannot be measured, those of the lock are taken.
    budgets: {},
    goldenInputs: bitstream.goldenVectors.map(({ input }) => input),
    ...following,
  });
  const { figures, notMeasured } = withCyclesOf(lock.compilation.figures, compiled.figures);
  const findings = [
    ...wrongGoldenVectors(name, bitstream),
    ...differentFiles(compiled, contents, lock),
    ...differentFigures(lock.compilation.figures, figures),
  ];
  return { findings, model, figures, notMeasured };
}

/** Asks the integer oracle for the outputs of every golden vector. */
function wrongGoldenVectors(name: string, { network, goldenVectors }: Bitstream): readonly string[] {
  const oracle = createOracle(network);
  const wrong = goldenVectors.filter(({ input, outputs }) => oracle(input).outputs.join() !== outputs.join()).length;
  return wrong === 0
    ? []
    : [`${wrong} of ${goldenVectors.length} golden vectors in ${name}.abit are not what its network gives`];
}

function differentFiles(
  { files }: CompiledProject,
  contents: ReadonlyMap<string, Uint8Array>,
  lock: Lock,
): readonly string[] {
  const { adiabit } = lock.compilation;
  const by = adiabit === VERSION ? '' : `, which Adiabit ${adiabit} compiled; this is ${VERSION}`;
  return [...files].flatMap(([file, content]) => {
    const committed = contents.get(file);
    if (committed === undefined) return [`${file} was not built`];
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    return toHex(bytes) === toHex(committed) ? [] : [`${file} is not what the model compiles to${by}`];
  });
}

/** Returns the cycles that a lock has of a board, if it has the board. */
const cyclesIn = ({ boards }: Figures, id: string): number | undefined =>
  new Map(Object.entries(boards)).get(id)?.cycles;

function withCyclesOf(locked: Figures, figures: Figures) {
  const notMeasured = Object.keys(figures.boards).filter(
    (id) => figures.boards[id].cycles === undefined && cyclesIn(locked, id) !== undefined,
  );
  const boards = Object.fromEntries(
    Object.entries(figures.boards).map(([id, board]) => [
      id,
      notMeasured.includes(id) ? { ...board, cycles: cyclesIn(locked, id) } : board,
    ]),
  );
  return { figures: { ...figures, boards }, notMeasured };
}

function differentFigures(locked: Figures, figures: Figures): readonly string[] {
  const cycles = Object.entries(figures.boards).flatMap(([id, { cycles: now }]) => {
    const before = cyclesIn(locked, id);
    if (before === undefined || now === undefined || Math.abs(now - before) <= TOLERATED_CYCLES * before) return [];
    return [`an inference on ${id} takes ${now} cycles, and took ${before}`];
  });
  const withoutCycles = ({ boards, ...rest }: Figures) => ({
    ...rest,
    boards: Object.fromEntries(Object.entries(boards).map(([id, board]) => [id, { ...board, cycles: undefined }])),
  });
  const difference = firstDifference(withoutCycles(figures), withoutCycles(locked));
  return [
    ...cycles,
    ...(difference === undefined ? [] : [`${difference.path} is ${difference.left}, and was ${difference.right}`]),
  ];
}

/** Classifies the test set with the integers. */
async function accuracyOf(
  model: BinarizedModel,
  { test }: Awaited<ReturnType<typeof loadDataOf>>,
  following: Following,
): Promise<number> {
  const predictions = await predictTest(model, test, following);
  return predictions.filter((predicted, index) => predicted === test.labels[index]).length / test.count;
}
