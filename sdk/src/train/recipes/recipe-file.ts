/** Recipes as JSON: what a user may write instead of one that ships. */
import { ModelError } from '@adiabit/simulator/errors';
import { z } from 'zod';
import { binarizationModes, resolveLayers } from '../network/network.js';
import { courseOf } from '../schedules/schedules.js';
import { checkRun, type Recipe } from './recipes.js';

/** What is wrong with a recipe, and where: `network.layers.1.units`; the empty path is the whole. */
export interface RecipeIssue {
  readonly path: string;
  readonly message: string;
}

export type ReadRecipe =
  | { readonly recipe: Recipe; readonly issues?: never }
  | { readonly recipe?: never; readonly issues: readonly RecipeIssue[] };

const count = z.int().min(1);
const positive = z.number().positive();
const fraction = z.number().min(0).max(1);
const mode = z.enum(binarizationModes);
const size = z.union([count, z.tuple([count, count])], 'give a size, or [height, width]');
const hidden = ['tanh', 'rectified-tanh', 'sigmoid', 'hard-tanh', 'clipped-linear', 'relu'] as const;
const realIn = { realIn: z.array(mode).optional() };
const hardening = { ...realIn, sharpness: positive.optional(), latentBound: positive.optional() };
const pool = { size, stride: size.optional() };

const layerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('dense').optional(),
    units: count,
    activation: z.enum([...hidden, 'none']),
    dropout: z.number().min(0).lt(1).optional(),
    ...hardening,
  }),
  z.strictObject({
    kind: z.literal('convolution'),
    filters: count,
    size,
    stride: size.optional(),
    padding: z.enum(['same', 'valid']).optional(),
    ...hardening,
  }),
  z.strictObject({ kind: z.literal('max-pool'), ...pool }),
  z.strictObject({ kind: z.literal('average-pool'), ...pool }),
  z.strictObject({ kind: z.literal('global-average-pool') }),
  z.strictObject({ kind: z.literal('flatten') }),
  z.strictObject({ kind: z.literal('batch-norm') }),
  z.strictObject({
    kind: z.literal('activation'),
    activation: z.enum(hidden),
    gradientSharpness: positive.optional(),
    ...realIn,
  }),
  z.strictObject({ kind: z.literal('dropout'), rate: z.number().min(0).lt(1) }),
  z.strictObject({
    kind: z.literal('add'),
    from: z.int().min(0),
    shortcut: z.strictObject({ filters: count, stride: count }).optional(),
    ...hardening,
  }),
  z.strictObject({
    kind: z.literal('thermometer'),
    levels: count.optional(),
    thresholds: z.array(z.array(count)).min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal('logic'),
    tables: count,
    tableInputs: count,
    candidates: count.optional(),
    wireRate: positive.optional(),
  }),
  z.strictObject({ kind: z.literal('group-sum'), classes: count, temperature: positive }),
  z.strictObject({ kind: z.literal('mu-law') }),
  z.strictObject({ kind: z.literal('standardize') }),
  z.strictObject({ kind: z.literal('normalize'), mean: z.array(z.number()), deviation: z.array(positive) }),
]);

const learningRate = z.strictObject({
  initial: positive,
  k0: positive,
  power: z.number(),
  follows: z.enum(['kWeight', 'kActivation']),
});
const sharpness = { kWeight: positive, kActivation: positive };
const pushes = {
  pushes: z.enum(['weights', 'activations', 'both']),
  start: z.strictObject(sharpness),
  ratio: z.number().gt(1),
  maxPushes: count,
  patience: count,
  learningRate,
  warmUp: z.strictObject({ epochs: count, factor: positive }).optional(),
  maxEpochs: count,
};

const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fixed').optional(),
    phases: z
      .array(
        z.strictObject({ ...sharpness, epochs: count, rate: positive.optional(), rewires: z.boolean().optional() }),
      )
      .min(1),
    learningRate,
    anneal: z.literal('cosine').optional(),
    keepsMoments: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('adaptive'), target: fraction, ...pushes }),
  z.strictObject({ kind: z.literal('stagnation'), keep: fraction, stopAfter: count, ...pushes }),
]);

const warp = z.strictObject({ maxRotationDegrees: z.number(), maxScale: z.number(), maxShear: z.number() });
const augmentationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('picture').optional(),
    maxShift: z.number().min(0),
    fill: z.enum(['zero', 'nearest']).optional(),
    mirrors: z.boolean().optional(),
    warp: warp.optional(),
  }),
  z.strictObject({
    kind: z.literal('sound'),
    maxShift: z.number().optional(),
    maxGain: z.number().optional(),
    maxNoise: z.number().optional(),
    maxSpeed: z.number().optional(),
    maxTilt: z.number().optional(),
    maxColour: z.number().optional(),
  }),
]);

export const networkSchema = z.strictObject({
  name: z.string().min(1).max(60),
  inputs: count,
  inputShape: z.array(count).min(2).max(3).optional(),
  inputBits: z.int().min(1).max(8),
  divisor: positive,
  layers: z.array(layerSchema).min(1),
  mode,
});

export const recipeSchema = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,60}$/, 'a name has letters, digits, dots and dashes, 60 at most'),
  description: z.string().max(300),
  network: networkSchema,
  batchSize: count,
  shards: count.optional(),
  schedule: scheduleSchema,
  adam: z.strictObject({
    beta1: fraction,
    beta2: fraction,
    epsilon: positive,
    weightDecay: z.number().min(0).optional(),
  }),
  softTargets: z.strictObject({ from: mode, temperature: positive, weight: z.number().gt(0).max(1) }).optional(),
  augmentation: augmentationSchema.optional(),
  polish: z
    .strictObject({
      sweeps: z.int().min(0),
      margin: z.number(),
      shifts: z.array(z.strictObject({ down: z.int(), right: z.int() })).optional(),
      temperature: positive.optional(),
    })
    .optional(),
});

/** Reads a recipe that a user wrote, and checks that it can be trained. Never throws: the issues say what to correct. */
export function readRecipe(text: string): ReadRecipe {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { issues: [{ path: '', message: `This is no JSON: ${(error as Error).message}.` }] };
  }
  const parsed = recipeSchema.safeParse(value, { error: inWords });
  if (!parsed.success) return { issues: issuesIn(parsed.error) };
  // JSON has no undefined, so what is optional is absent.
  const recipe = parsed.data as Recipe;
  const issues = issuesOfRecipe(recipe);
  return issues.length === 0 ? { recipe } : { issues };
}

/** Checks that a recipe of the right shape can be trained. Never throws. */
export const issuesOfRecipe = (recipe: Recipe): readonly RecipeIssue[] => [
  ...issuesOf('network', () => resolveLayers(recipe.network)),
  ...issuesOf('schedule', () => courseOf(recipe.schedule).first()),
  ...issuesOf('', () => checkRun(recipe, 0)),
];

/** Returns what a schema found, with dotted paths. */
export const issuesIn = ({ issues }: z.ZodError): readonly RecipeIssue[] =>
  issues.map(({ path, message }) => ({ path: path.join('.'), message }));

/** Puts the commonest faults into words; of others the schema says enough. */
export function inWords({ code, input, keys }: z.core.$ZodRawIssue): string | undefined {
  if (code === 'invalid_type' && input === undefined) return 'it is missing';
  if (code === 'unrecognized_keys' && Array.isArray(keys)) return `nothing here is called ${keys.join(', ')}`;
  return undefined;
}

function issuesOf(path: string, check: () => unknown): readonly RecipeIssue[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof ModelError) return [{ path, message: error.message }];
    throw error;
  }
}
