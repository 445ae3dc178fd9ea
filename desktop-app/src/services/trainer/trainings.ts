import { AppError, CancelledError } from '@adiabit/simulator/errors';
import { countEpochs } from '@adiabit/sdk/train';
import type { EpochPoint, Training, TrainingProgress, TrainingResult } from '../../common/contract/training.js';
import { failureOf } from '../../common/failure.js';
import type { KeptTraining, TrainingFolders, TrainingPlan } from './training-folders.js';

/** What a training that runs tells. */
export interface Telling {
  progress(progress: TrainingProgress): void;
  epoch(point: EpochPoint): void;
  doubt(words: string): void;
}

/** Trains as a plan says, into a folder. @throws CancelledError when the signal fires, after the last whole epoch */
export type Work = (
  plan: TrainingPlan,
  place: { readonly id: string; readonly resume: boolean; readonly signal: AbortSignal },
  telling: Telling,
) => Promise<TrainingResult>;

export interface TrainingsOptions {
  readonly folders: TrainingFolders;
  readonly work: Work;
  /** Told which training has changed. */
  readonly onChange: (training: string) => void;
  readonly onEpoch: (training: string, point: EpochPoint) => void;
}

interface Entry {
  readonly plan: TrainingPlan | undefined;
  told: Training;
}

/** All trainings of a state folder. One runs at a time, the others wait in the order in which they came. */
export class Trainings {
  readonly #options: TrainingsOptions;
  readonly #entries = new Map<string, Entry>();
  #queue: readonly string[] = [];
  #running: { readonly id: string; readonly abort: AbortController; readonly ended: Promise<void> } | undefined;
  #closing = false;

  private constructor(options: TrainingsOptions) {
    this.#options = options;
  }

  static async open(options: TrainingsOptions): Promise<Trainings> {
    const trainings = new Trainings(options);
    for (const kept of await options.folders.list()) {
      trainings.#entries.set(kept.id, { plan: kept.plan, told: toldOf(kept) });
    }
    return trainings;
  }

  /** Lists all, the newest first. */
  list(): readonly Training[] {
    return [...this.#entries.values()].map(({ told }) => told).reverse();
  }

  /** @throws AppError `app.not-found` */
  get(id: string): Training {
    return this.#entry(id).told;
  }

  /** Puts a new training in the queue. */
  async start(plan: TrainingPlan): Promise<Training> {
    const id = await this.#options.folders.create(plan);
    this.#entries.set(id, { plan, told: toldOf({ id, plan, end: undefined, epochsDone: 0 }) });
    return this.#enqueue(id);
  }

  /** Puts one that did not come to its end in the queue again. @throws AppError `app.not-now` for one that is done, waits or runs */
  async resume(id: string): Promise<Training> {
    const { told, plan } = this.#entry(id);
    if (plan === undefined) throw new AppError('not-now', `${id} cannot be read, so it cannot go on. Delete it.`);
    if (!['cancelled', 'failed', 'stopped'].includes(told.state)) {
      throw new AppError('not-now', `${told.name} is ${told.state}: there is nothing to resume.`);
    }
    await this.#options.folders.begin(id);
    return this.#enqueue(id);
  }

  /** Stops one that runs, or takes one that waits from the queue; of others there is nothing to cancel. */
  async cancel(id: string): Promise<void> {
    this.#entry(id);
    if (this.#running?.id === id) {
      this.#running.abort.abort();
      await this.#running.ended;
    } else if (this.#queue.includes(id)) {
      this.#queue = this.#queue.filter((one) => one !== id);
      await this.#end(id, { state: 'cancelled', doubts: this.get(id).doubts });
    }
  }

  /** Removes a training with its files. @throws AppError `app.not-now` while it runs */
  async remove(id: string): Promise<void> {
    const { told } = this.#entry(id);
    if (this.#running?.id === id) throw new AppError('not-now', `${told.name} runs. Cancel it first.`);
    this.#queue = this.#queue.filter((one) => one !== id);
    this.#entries.delete(id);
    await this.#options.folders.remove(id);
    this.#options.onChange(id);
  }

  /** Stops what runs without an end of it: it can be resumed as if its process had ended. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#running?.abort.abort();
    await this.#running?.ended;
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new AppError('not-found', `There is no training "${id}" any more.`);
    return entry;
  }

  #enqueue(id: string): Training {
    this.#queue = [...this.#queue, id];
    this.#set(id, { ...withoutOutcome(this.get(id)), state: 'waiting' });
    this.#next();
    return this.get(id);
  }

  /** Begins the next of the queue if none runs. */
  #next(): void {
    const id = this.#queue.at(0);
    if (id === undefined || this.#running !== undefined || this.#closing) return;
    this.#queue = this.#queue.slice(1);
    const abort = new AbortController();
    const ended = this.#run(id, abort.signal).finally(() => {
      this.#running = undefined;
      this.#next();
    });
    this.#running = { id, abort, ended };
  }

  async #run(id: string, signal: AbortSignal): Promise<void> {
    const { plan } = this.#entry(id);
    const { work, folders, onEpoch } = this.#options;
    const change = (changed: Partial<Training>): void => this.#set(id, { ...this.get(id), ...changed });
    change({ state: 'running', doubts: [] });
    try {
      const resume = await folders.hasCheckpoint(id);
      const result = await work(
        plan as TrainingPlan,
        { id, resume, signal },
        {
          progress: (progress) => change({ progress: { ...this.get(id).progress, ...progress } }),
          epoch: (point) => {
            change({ epochsDone: point.epoch });
            onEpoch(id, point);
          },
          doubt: (words) => change({ doubts: [...this.get(id).doubts.filter((one) => one !== words), words] }),
        },
      );
      await this.#end(id, { state: 'done', doubts: this.get(id).doubts, result });
    } catch (error) {
      const isCancelled = error instanceof CancelledError || signal.aborted;
      if (isCancelled && this.#closing) return;
      const { doubts } = this.get(id);
      await this.#end(
        id,
        isCancelled ? { state: 'cancelled', doubts } : { state: 'failed', doubts, error: failureOf(error) },
      );
    }
  }

  async #end(id: string, end: Parameters<TrainingFolders['end']>[1]): Promise<void> {
    const { error, result, ...others } = end;
    this.#set(id, {
      ...withoutOutcome(this.get(id)),
      ...others,
      ...(error === undefined ? {} : { error }),
      ...(result === undefined ? {} : { result }),
    });
    // A disk that is full shall not hide how the training ended.
    await this.#options.folders.end(id, end).catch(() => undefined);
  }

  #set(id: string, told: Training): void {
    this.#entry(id).told = told;
    this.#options.onChange(id);
  }
}

/** Leaves out what belongs to a run: how far it is, and what came of it. */
function withoutOutcome(training: Training): Training {
  const { id, name, recipe, mode, seed, data, createdMs, state, epochsDone, epochs, doubts } = training;
  return { id, name, recipe, mode, seed, data, createdMs, state, epochsDone, epochs, doubts };
}

/** Says how a training stands that nobody works on. */
function toldOf({ id, plan, end, epochsDone }: KeptTraining): Training {
  if (plan === undefined) {
    const message = `The folder of the training ${id} cannot be read. Delete it, and train again.`;
    const { code, details } = new AppError('not-found', message);
    const nothing = { recipe: '', mode: '', seed: 0, data: '', createdMs: 0, epochsDone, epochs: 0, doubts: [] };
    return { id, name: id, ...nothing, state: 'failed', error: { code, message, details } };
  }
  const { recipe, name, seed, dataName, createdMs } = plan;
  return {
    id,
    name,
    recipe: recipe.name,
    mode: recipe.network.mode,
    seed,
    data: dataName,
    createdMs,
    epochsDone,
    epochs: countEpochs(recipe.schedule),
    state: end?.state ?? 'stopped',
    doubts: end?.doubts ?? [],
    ...(end?.error === undefined ? {} : { error: end.error }),
    ...(end?.result === undefined ? {} : { result: end.result }),
  };
}
