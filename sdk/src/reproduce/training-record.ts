/** `training.json`: the outcome of a training, beside its checkpoint. */
import { readFile } from 'node:fs/promises';
import { FormatError } from '@adiabit/simulator/errors';
import { z } from 'zod';
import { writeWhole } from '../files.js';
import type { HardComparison } from '../model/comparison.js';
import { outcomeSchema, type RunIdentity } from '../train/checkpoints/checkpoint-format.js';
import { firstDifference, type Difference } from '../train/checkpoints/difference.js';
import { withActivationNames } from '../train/network/activations.js';
import type { Recipe } from '../train/recipes/recipes.js';

const fraction = z.number().min(0).max(1);

const recordSchema = z.object({
  recipe: z.string(),
  seed: z.int(),
  backend: z.string(),
  /** Epochs trained; the schedule may decide on the way. */
  epochs: z.int(),
  bestEpoch: z.int(),
  softTestAccuracy: fraction,
  hardTestAccuracy: fraction,
  /** Test accuracy of the exact integers; null when the network cannot be frozen, and `notFrozen` says why. */
  frozenTestAccuracy: fraction.nullable(),
  notFrozen: z.string().optional(),
  /** How the integers stand to the hard network; before polishing. */
  comparison: z.custom<HardComparison>().optional(),
  /** Seconds of training, all resumed parts together. */
  seconds: z.number(),
  polished: z
    .object({ bestSweep: z.int(), hardTestAccuracy: fraction, seconds: z.number(), sweeps: z.array(z.unknown()) })
    .optional(),
  /** The identity: with these equal the training is the same. */
  identity: z.object({
    recipe: z.custom<Recipe>(),
    seed: z.int(),
    backend: z.string(),
    dataset: z.string(),
    start: z.string().optional(),
    teacher: z.string().optional(),
  }),
  history: z.array(outcomeSchema),
});

export type TrainingRecord = z.infer<typeof recordSchema>;

export async function saveRecord(file: string, record: TrainingRecord): Promise<void> {
  await writeWhole(file, JSON.stringify(record, undefined, 1) + '\n');
}

/** Returns undefined when there is no such file. @throws FormatError for a file that is something else */
export async function loadRecord(file: string): Promise<TrainingRecord | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return recordSchema.parse(JSON.parse(text, withActivationNames));
  } catch (error) {
    const message = `${file} is not the record of a training. Remove it, and the training is finished again.`;
    throw new FormatError('bad-value', message, { file }, error);
  }
}

/** Tells how the training recorded is another than the one expected; undefined when it is the same. */
export function differenceFrom(
  { identity }: TrainingRecord,
  expected: Omit<RunIdentity, 'backend'> & { readonly backend?: string },
): Difference | undefined {
  const wanted: unknown = JSON.parse(JSON.stringify({ ...expected, backend: expected.backend ?? identity.backend }));
  return firstDifference(identity, wanted);
}
