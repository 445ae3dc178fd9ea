import { join } from 'node:path';
import { readdir, rm } from 'node:fs/promises';
import { z } from 'zod';
import { exists, makeFolder, readText, removeFile, writeWhole } from '@adiabit/sdk/files';
import { loadHistory, readRecipe, type Recipe } from '@adiabit/sdk/train';
import type { EpochPoint, TrainingResult } from '../../common/contract/training.js';
import type { Failure } from '../../common/envelope.js';

/** What was asked for. With it, and the checkpoint beside it, a training goes on after its process ended. */
export interface TrainingPlan {
  readonly name: string;
  readonly recipe: Recipe;
  /** The id of a `DataChoice`, and its name. */
  readonly data: string;
  readonly dataName: string;
  readonly seed: number;
  readonly backend: 'auto' | 'node' | 'webgpu' | 'wasm' | 'cpu';
  /** The training whose network it learns from. */
  readonly teacher?: string | undefined;
  readonly createdMs: number;
}

/** How a training ended. A folder without one was left while it waited or ran. */
export interface TrainingEnd {
  readonly state: 'done' | 'failed' | 'cancelled';
  readonly doubts: readonly string[];
  readonly error?: Failure | undefined;
  readonly result?: TrainingResult | undefined;
}

export interface KeptTraining {
  readonly id: string;
  /** Undefined where the folder holds none that can be read. */
  readonly plan: TrainingPlan | undefined;
  readonly end: TrainingEnd | undefined;
  readonly epochsDone: number;
}

const planSchema = z.object({
  name: z.string(),
  recipe: z.unknown(),
  data: z.string(),
  dataName: z.string(),
  seed: z.int(),
  backend: z.enum(['auto', 'node', 'webgpu', 'wasm', 'cpu']),
  teacher: z.string().optional(),
  createdMs: z.number(),
});

const endSchema = z.object({
  state: z.enum(['done', 'failed', 'cancelled']),
  doubts: z.array(z.string()),
  error: z.custom<Failure>((value) => typeof value === 'object').optional(),
  result: z.custom<TrainingResult>((value) => typeof value === 'object').optional(),
});

const ID = /^\d{4,}-[\w.-]+$/;

/** The folders of trainings: a plan, what the workflow writes, and how it ended. */
export class TrainingFolders {
  readonly #folder: string;

  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'trainings');
  }

  pathOf = (id: string): string => join(this.#folder, id);
  checkpointOf = (id: string): string => join(this.#folder, id, 'training.checkpoint');

  /** Lists all, the oldest first. */
  async list(): Promise<readonly KeptTraining[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return Promise.all(
      names
        .filter((name) => ID.test(name))
        .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
        .map((id) => this.#read(id)),
    );
  }

  /** Makes a folder for a plan, numbered on from those that there are; returns its id. */
  async create(plan: TrainingPlan): Promise<string> {
    const ids = (await readdir(this.#folder).catch(() => [])).filter((name) => ID.test(name));
    const number = 1 + Math.max(0, ...ids.map((id) => Number.parseInt(id, 10)));
    const id = `${String(number).padStart(4, '0')}-${plan.name}-seed-${plan.seed}`;
    await makeFolder(this.pathOf(id));
    await writeWhole(this.#planFile(id), `${JSON.stringify(plan, undefined, 1)}\n`);
    return id;
  }

  hasCheckpoint = (id: string): Promise<boolean> => exists(this.checkpointOf(id));

  /** Reads the epochs that the checkpoint has behind it; none if there is no checkpoint. @throws FormatError if it is damaged */
  async epochs(id: string): Promise<readonly EpochPoint[]> {
    return (await this.hasCheckpoint(id)) ? (await loadHistory(this.checkpointOf(id))).map(pointOf) : [];
  }

  async begin(id: string): Promise<void> {
    await removeFile(this.#endFile(id));
  }

  async end(id: string, end: TrainingEnd): Promise<void> {
    await writeWhole(this.#endFile(id), `${JSON.stringify(end, undefined, 1)}\n`);
  }

  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { recursive: true, force: true });
  }

  async #read(id: string): Promise<KeptTraining> {
    const plan = await readJson(this.#planFile(id), planSchema);
    const recipe = plan && readRecipe(JSON.stringify(plan.recipe)).recipe;
    return {
      id,
      plan: plan && recipe && { ...plan, recipe },
      end: await readJson(this.#endFile(id), endSchema),
      // A checkpoint that is damaged is told when the training is to go on.
      epochsDone: (await this.epochs(id).catch(() => [])).length,
    };
  }

  #planFile = (id: string): string => join(this.pathOf(id), 'plan.json');
  #endFile = (id: string): string => join(this.pathOf(id), 'end.json');
}

/** Keeps of an epoch what the page draws. */
export const pointOf = ({
  epoch,
  kWeight,
  kActivation,
  learningRate,
  loss,
  softAccuracy,
  hardAccuracy,
  isBest,
}: EpochPoint): EpochPoint => ({
  epoch,
  kWeight,
  kActivation,
  learningRate,
  loss,
  softAccuracy,
  hardAccuracy,
  isBest,
});

async function readJson<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.output<Schema> | undefined> {
  try {
    return schema.parse(JSON.parse(await readText(file)));
  } catch {
    return undefined;
  }
}
