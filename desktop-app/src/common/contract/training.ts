import { z } from 'zod';
import type { Failure } from '../envelope.js';
import { MAX_RECIPE_CHARACTERS } from '../limits.js';
import { method } from './define.js';

/** A recipe that can be chosen: all that a training depends on besides data and seed. */
export interface RecipeChoice {
  readonly name: string;
  readonly description: string;
  /** What its examples are: `28 x 28 grey pictures`. */
  readonly examples: string;
  /** The name of its task, which is also that of its data's folder. */
  readonly task: string;
  readonly mode: string;
  /** The layers in a few words: `784 – 128 – 10`. */
  readonly layers: string;
  readonly binaryWeights: number;
  readonly realWeights: number;
  readonly batchSize: number;
  /** How many it takes, or at most takes when it decides on the way; only a fixed number can be changed. */
  readonly epochs: number;
  readonly epochsAreFixed: boolean;
  /** Whether it polishes what it froze, bit by bit. */
  readonly polishes: boolean;
  /** The recipe of the network that it learns from, beside the labels. */
  readonly learnsFrom?: string;
  /** Test accuracy of the hard network in a measured run, 0..1, and the page that tells of it. */
  readonly reached?: { readonly accuracy: number; readonly page: string };
}

/** Data that can be trained on. */
export interface DataChoice {
  readonly id: string;
  readonly name: string;
  /** Where it lies, or what package it comes from. */
  readonly source: string;
}

export interface TrainingChoices {
  readonly recipes: readonly RecipeChoice[];
  readonly data: readonly DataChoice[];
}

/** What is wrong with a recipe of the user's own, and where; the empty path is the whole. */
export interface RecipeIssue {
  readonly path: string;
  readonly message: string;
}

export type CheckedRecipe =
  | { readonly isGood: true; readonly choice: RecipeChoice }
  | { readonly isGood: false; readonly issues: readonly RecipeIssue[] };

/** What a training will become, from its sizes alone. */
export type TrainingForecast =
  | {
      readonly hasCircuit: true;
      readonly bitstreamBytes: number;
      readonly workBytes: number;
      /** If absent, it was not asked for. */
      readonly circuit?: Circuit;
      readonly boards: readonly BoardFit[];
    }
  /** The network has no exact integer form. */
  | { readonly hasCircuit: false; readonly reason: string };

export interface Circuit {
  readonly form: 'configurable' | 'specialised' | 'folded';
  readonly gates: number;
  readonly latency: number;
}

export interface BoardFit {
  readonly board: string;
  readonly name: string;
  /** What it lacks; nothing if the bitstream fits. */
  readonly lacks: readonly string[];
}

export type TrainingStage = 'load' | 'train' | 'freeze' | 'polish' | 'compile';

/** A training: what was asked for, how far it is, what came of it. */
export interface Training {
  readonly id: string;
  readonly name: string;
  readonly recipe: string;
  readonly mode: string;
  readonly seed: number;
  readonly data: string;
  /** In milliseconds since 1970. */
  readonly createdMs: number;
  readonly state:
    | 'waiting'
    | 'running'
    | 'cancelled'
    | 'failed'
    /** Its process ended while it ran. */
    | 'stopped'
    | 'done';
  /** Epochs trained, and how many the schedule takes at most. */
  readonly epochsDone: number;
  readonly epochs: number;
  readonly progress?: TrainingProgress;
  /** What may be wrong with data or training, in words. */
  readonly doubts: readonly string[];
  readonly error?: Failure;
  readonly result?: TrainingResult;
}

/** How far the stage at hand is. */
export interface TrainingProgress {
  readonly stage: TrainingStage;
  readonly done: number;
  readonly total: number;
  /** The mean of the epoch so far, while it trains. */
  readonly loss?: number;
  readonly backend?: string;
  readonly examplesPerSecond?: number;
  readonly secondsLeft?: number;
}

/** Accuracies are of the test examples, 0..1. */
export interface TrainingResult {
  readonly softAccuracy: number;
  readonly hardAccuracy: number;
  /** Of the exact integers; absent if the network has none, and `notFrozen` says why. */
  readonly frozenAccuracy?: number;
  readonly notFrozen?: string;
  readonly bestEpoch: number;
  readonly seconds: number;
  readonly backend: string;
  readonly circuit?: Circuit & {
    /** Its bitstream, by its id in the library. */
    readonly entry: string;
    readonly bitstreamBytes: number;
    readonly workBytes: number;
    readonly boards: readonly BoardFit[];
  };
}

/** An epoch of a training. Accuracies are of the validation examples, 0..1. */
export interface EpochPoint {
  readonly epoch: number;
  readonly kWeight: number;
  readonly kActivation: number;
  readonly learningRate: number;
  readonly loss: number;
  readonly softAccuracy: number;
  readonly hardAccuracy: number;
  readonly isBest: boolean;
}

const recipeName = z.strictObject({ name: z.string().max(100) });
const recipeText = z.strictObject({ json: z.string().max(MAX_RECIPE_CHARACTERS) });
const recipe = z.union([recipeName, recipeText]);
const training = z.strictObject({ training: z.string().max(120) });
const epochs = z.number().int().min(1).max(10_000).optional();

export const TRAINING_METHODS = {
  listTrainingChoices: method<TrainingChoices>()('trainer', z.strictObject({})),
  /** Returns a recipe that ships as JSON, to write one's own from. */
  readRecipeText: method<string>()('trainer', recipeName),
  checkRecipe: method<CheckedRecipe>()('trainer', recipeText),
  /** Says what a training will become. With its circuit it may take half a minute; a later question ends an earlier one. */
  forecastTraining: method<TrainingForecast>()('trainer', z.strictObject({ recipe, withCircuit: z.boolean() })),
  listTrainings: method<readonly Training[]>()('trainer', z.strictObject({})),
  /** Puts a training in the queue; what becomes of it is told by `training` and `trainingEpoch`. */
  startTraining: method<Training>()(
    'trainer',
    z.strictObject({
      recipe,
      /** The id of a `DataChoice`. */
      data: z.string().max(400),
      seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
      epochs,
      /** What the network is called. If absent, as the recipe. */
      name: z
        .string()
        .regex(/^[\w.-]{1,60}$/, 'a name has letters, digits, dots and dashes, 60 at most')
        .optional(),
      /** The training whose network the recipe learns from, if it learns from one. */
      teacher: z.string().max(120).optional(),
      backend: z.enum(['auto', 'node', 'webgpu', 'wasm', 'cpu']).optional(),
    }),
  ),
  /** Stops a training after its last whole epoch, or takes it from the queue. */
  cancelTraining: method<undefined>()('trainer', training),
  /** Goes on from the last whole epoch; the result has the bytes of a training that never stopped. */
  resumeTraining: method<Training>()('trainer', training),
  /** Removes a training with all its files. Its bitstream stays in the library. */
  deleteTraining: method<undefined>()('trainer', training),
  /** Returns every epoch so far. */
  readEpochs: method<readonly EpochPoint[]>()('trainer', training),
  /** Returns a file that a training wrote, to be saved. */
  readTrainingFile: method<{ readonly fileName: string; readonly bytes: Uint8Array }>()(
    'trainer',
    training.extend({ file: z.enum(['report', 'model', 'bitstream', 'record']) }),
  ),
};

export interface TrainingEvents {
  /** All trainings, when one is gone from the list. */
  readonly trainings: readonly Training[];
  /** One that is new or has changed, at most every 100 ms. */
  readonly training: Training;
  /** An epoch is done. */
  readonly trainingEpoch: { readonly training: string; readonly point: EpochPoint };
}
