/** A whole sweep: planned, run by an executor, and its results written. What is done in its folder is not done again. */
import { availableParallelism } from 'node:os';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CancelledError } from '@adiabit/simulator/errors';
import { makeFolder, readText, writeWhole } from '../files.js';
import { findConfig, loadProject } from '../project/load-config.js';
import { loadDataOf, makeWorkFolder, openWithData, placesOf, type OpenedProject } from '../workflow/project/open-project.js';
import type { Following } from '../workflow/observer.js';
import { loadSweep, type CheckedSweep } from './config.js';
import { SweepError } from './errors.js';
import type { Executor, ExecutorEvents } from './executor.js';
import { createLocalExecutor } from './local-executor.js';
import { readOutcome, writeOutcome, type TrialJob, type TrialOutcome } from './messages.js';
import { hurdlesFor, planOf, type Identify, type Outcomes, type Plan, type Trial } from './plan.js';
import { writeResults, type SweepFiles, type SweepRow } from './results.js';
import { createTrialRunner } from './trial.js';
import { createIdentify } from './training.js';

export interface OpenSweepOptions extends Following {
  /** The file of the sweep. If absent, `sweep.config.*` in the working directory. */
  readonly config?: string | undefined;
  /** The folder for its files. If absent, `.adiabit/sweeps/NAME` beside the project. */
  readonly folder?: string | undefined;
}

/** A sweep with its project and data. */
export interface OpenedSweep {
  readonly sweep: CheckedSweep;
  readonly opened: OpenedProject;
  readonly folder: string;
  readonly identify: Identify;
}

/** What a sweep tells while it runs. */
export interface SweepEvents extends ExecutorEvents {
  /** Called when trials are planned, and after each outcome. */
  readonly onProgress?: (done: number, atMost: number) => void;
  readonly onOutcome?: (trial: Trial, outcome: TrialOutcome) => void;
}

export interface RunSweepOptions extends SweepEvents {
  readonly signal?: AbortSignal | undefined;
  /** Processes that train on this machine. If absent, what the sweep says, or one a core. */
  readonly workers?: number | undefined;
  /** What runs the trials. If absent, this machine. */
  readonly executor?: Executor | undefined;
}

export interface SweptProject {
  readonly rows: readonly SweepRow[];
  readonly files: SweepFiles;
}

const resultFileIn = (folder: string): string => join(folder, 'result.json');

/** Returns the folder of a trial. */
export const trialFolder = (folder: string, id: string): string => join(folder, 'trials', id.slice(0, 16));

/**
 * Loads a sweep with its project and data.
 * @throws SweepError `sweep.no-config`; ProjectError as `loadProject` does; DataError as `loadProjectData` does
 */
export async function openSweep({ config: file, folder, ...following }: OpenSweepOptions): Promise<OpenedSweep> {
  const loaded = await loadSweep(file);
  const named = loaded.config.project;
  const project = await loadProject(
    named === undefined ? await findConfig(loaded.folder) : resolve(loaded.folder, named),
  );
  const { config } = project;
  // Sums of the C library depend on the processor: a trial must have the same bytes on every machine.
  const backend = config.backend === 'auto' ? 'wasm' : config.backend;
  const pinned = { ...project, config: { ...config, backend } };
  const opened = await openWithData(pinned, await loadDataOf(pinned, following));
  const { seeds = [config.seed], search = { kind: 'grid' } } = loaded.config;
  const sweep: CheckedSweep = { ...loaded.config, seeds, search };
  return {
    sweep,
    opened,
    folder: folder ?? join(placesOf(project).work, 'sweeps', sweep.name),
    identify: createIdentify(opened, sweep.epochs),
  };
}

/**
 * Runs a sweep to its end, and writes its results.
 * @throws CancelledError: the same call goes on from there; SweepError; what trials throw
 */
export async function runSweep(swept: OpenedSweep, options: RunSweepOptions = {}): Promise<SweptProject> {
  const { sweep, opened, folder, identify } = swept;
  await makeWorkFolder(opened.places);
  await makeFolder(join(folder, 'trials'));
  const outcomes = await readOutcomes(folder);
  const executor = options.executor ?? localExecutor(swept, options);
  try {
    const plan = await runTrials(swept, outcomes, executor, options);
    const trials = plan.trials.map((trial) => ({ trial, outcome: outcomes.get(trial.id)! }));
    return await writeResults(folder, { sweep, project: opened.project.config, trials });
  } finally {
    await executor.close();
  }

  async function runTrials(
    { sweep: config }: OpenedSweep,
    known: Map<string, TrialOutcome>,
    { run }: Executor,
    { signal, onOutcome, onProgress }: RunSweepOptions,
  ): Promise<Plan> {
    const begun = new Set<string>();
    const ended = new Ended<readonly [Trial, TrialOutcome]>();
    let plan = planOf(config, identify, known);
    for (;;) {
      onProgress?.(plan.trials.length - plan.open.length, plan.atMost);
      if (plan.isWhole && plan.open.length === 0) return plan;
      for (const trial of plan.open.filter(({ id }) => !begun.has(id))) {
        begun.add(trial.id);
        ended.add(run(jobOf(trial, plan)).then((outcome) => [trial, outcome] as const));
      }
      const [trial, outcome] = await ended.next();
      if (outcome.id !== trial.id) throw new SweepError('bad-message', `The outcome of trial ${trial.id} is another's.`);
      await keepOutcome(folder, outcome);
      known.set(trial.id, outcome);
      onOutcome?.(trial, outcome);
      if (signal?.aborted === true) throw new CancelledError();
      plan = plan.isWhole
        ? { ...plan, open: plan.open.filter(({ id }) => id !== trial.id) }
        : planOf(config, identify, known);
    }
  }

  function jobOf(trial: Trial, plan: Plan): TrialJob {
    return jobFor(swept, trial, plan, outcomes);
  }
}

/** Returns what a worker needs to know of a trial. */
function jobFor({ sweep, opened }: OpenedSweep, trial: Trial, plan: Plan, outcomes: Outcomes): TrialJob {
  const { id, point, mode, seed } = trial;
  const { config } = opened.project;
  return { id, config, point, mode, seed, epochs: sweep.epochs, hurdles: hurdlesFor(trial, sweep, plan, outcomes) };
}

/**
 * Lists the trials of a sweep that has all of them from the beginning.
 * @throws SweepError `sweep.not-listable` if later trials depend on earlier ones
 */
export function listTrials({ sweep, identify }: OpenedSweep): readonly Trial[] {
  if (sweep.search.kind === 'bayesian' || sweep.earlyStopping !== undefined) {
    const message = `Trials of "${sweep.name}" depend on how earlier ones come out, so they cannot be listed before.`;
    throw new SweepError('not-listable', message);
  }
  return planOf(sweep, identify, new Map()).trials;
}

/** Runs one trial in this process, unless its outcome is there. @throws SweepError `sweep.no-trial`; as `listTrials` does */
export async function runOneTrial(
  swept: OpenedSweep,
  id: string,
  { signal, onEpoch }: Pick<RunSweepOptions, 'signal' | 'onEpoch'> = {},
): Promise<TrialOutcome> {
  const { sweep, opened, folder, identify } = swept;
  const trial = listTrials(swept).find((one) => one.id === id);
  if (trial === undefined) {
    const message = `The sweep "${sweep.name}" has no trial ${id}: it has changed since its trials were listed.`;
    throw new SweepError('no-trial', message, { id });
  }
  const done = (await readOutcomes(folder)).get(id);
  if (done !== undefined) return done;
  const outcome = await createTrialRunner()(jobFor(swept, trial, planOf(sweep, identify, new Map()), new Map()), {
    folder: trialFolder(folder, id),
    projectFolder: opened.project.folder,
    signal,
    onEpoch: (epoch) => onEpoch?.(id, epoch),
  });
  await keepOutcome(folder, outcome);
  return outcome;
}

function localExecutor({ sweep, opened, folder }: OpenedSweep, options: RunSweepOptions): Executor {
  return createLocalExecutor({
    ...options,
    workers: options.workers ?? sweep.workers ?? availableParallelism(),
    folderOf: (id) => trialFolder(folder, id),
    projectFolder: opened.project.folder,
  });
}

/** Writes an outcome. Last: a folder with one holds a finished trial. */
async function keepOutcome(folder: string, outcome: TrialOutcome): Promise<void> {
  const place = trialFolder(folder, outcome.id);
  await makeFolder(place);
  await writeWhole(resultFileIn(place), writeOutcome(outcome));
}

/** Reads the outcomes in a folder. One that cannot be read is left out, so that its trial is run again. */
async function readOutcomes(folder: string): Promise<Map<string, TrialOutcome>> {
  const outcomes = new Map<string, TrialOutcome>();
  const names = await readdir(join(folder, 'trials')).catch(() => []);
  for (const name of names) {
    const text = await readText(resultFileIn(join(folder, 'trials', name))).catch(() => undefined);
    if (text === undefined) continue;
    try {
      const outcome = readOutcome(text);
      if (outcome.id.startsWith(name)) outcomes.set(outcome.id, outcome);
    } catch (error) {
      if (!(error instanceof SweepError)) throw error;
    }
  }
  return outcomes;
}

/** Promises in the order in which they end. */
class Ended<T> {
  readonly #ended: (() => T)[] = [];
  #wake: (() => void) | undefined;

  add(promise: Promise<T>): void {
    const push = (take: () => T): void => {
      this.#ended.push(take);
      this.#wake?.();
    };
    promise.then(
      (value) => push(() => value),
      (error: unknown) =>
        push(() => {
          throw error;
        }),
    );
  }

  /** Resolves to the next one that has ended, or throws what it threw. */
  async next(): Promise<T> {
    while (this.#ended.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#ended.shift()!();
  }
}
