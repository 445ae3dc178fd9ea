/** What the file of a sweep may say, and what is wrong with one that says something else. */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { configError, valueOfConfig } from '../project/load-config.js';
import type { SweepConfig } from '../project/sweep-config.js';
import { binarizationModes } from '../train/network/network.js';
import { inWords, issuesIn, type RecipeIssue } from '../train/recipes/recipe-file.js';
import { SweepError } from './errors.js';
import { gridSize } from './space.js';

/** A sweep that was checked, with what it leaves out filled in. */
export interface CheckedSweep extends SweepConfig {
  readonly seeds: readonly number[];
  readonly search: NonNullable<SweepConfig['search']>;
}

/** What a file says of a sweep. The seeds of the project are not known yet. */
export interface LoadedSweep {
  readonly config: SweepConfig;
  readonly file: string;
  /** The folder that paths in it count from. */
  readonly folder: string;
}

/** The most trials of a sweep. */
const MOST_TRIALS = 10_000;
const NAMES = ['ts', 'mts', 'js', 'mjs', 'json'].map((ending) => `sweep.config.${ending}`);

const count = z.int().min(1);
const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,59}$/, 'give a letter, then letters, digits, "-" or "_", at most 60 in all');
const range = z.strictObject({
  from: z.number(),
  to: z.number(),
  step: z.number().positive().optional(),
  scale: z.enum(['linear', 'log']).optional(),
});
const choice = z.strictObject({ values: z.array(z.json()).min(1) });
const points = { points: count.max(MOST_TRIALS), seed: z.int().optional() };

const sweepSchema = z.strictObject({
  name,
  project: z.string().min(1).optional(),
  space: z.record(z.string().regex(/^[^=]+$/, 'give the path of a place in the recipe'), z.union([choice, range])),
  modes: z.array(z.enum(binarizationModes)).min(1).optional(),
  seeds: z.array(z.int()).min(1).optional(),
  search: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('grid') }),
      z.strictObject({ kind: z.literal('random'), ...points }),
      z.strictObject({ kind: z.literal('bayesian'), ...points, initial: count.optional() }),
    ])
    .optional(),
  epochs: count.optional(),
  earlyStopping: z.strictObject({ afterEpochs: count.optional(), minTrials: count.optional() }).optional(),
  workers: count.max(1024).optional(),
});

export type ReadSweep =
  | { readonly config: SweepConfig; readonly issues?: never }
  | { readonly config?: never; readonly issues: readonly RecipeIssue[] };

/** Reads a sweep. Never throws for what it says: the issues have the path of what is to be corrected. */
export function readSweep(value: unknown): ReadSweep {
  const plain = JSON.parse(JSON.stringify(value ?? null)) as unknown;
  const parsed = sweepSchema.safeParse(plain, { error: inWords });
  if (!parsed.success) return { issues: issuesIn(parsed.error) };
  const config = parsed.data as SweepConfig;
  const issues = [...issuesOfRanges(config), ...issuesOfSize(config)];
  return issues.length === 0 ? { config } : { issues };
}

function issuesOfRanges({ space, search }: SweepConfig): readonly RecipeIssue[] {
  return Object.entries(space).flatMap(([path, dimension]) => {
    if ('values' in dimension) return [];
    const at = `space.${path}`;
    const { from, to, step, scale } = dimension;
    if (from > to) return [{ path: at, message: 'from must not be above to' }];
    if (scale === 'log' && from <= 0) return [{ path: at, message: 'a logarithmic scale begins above 0' }];
    if (step === undefined && (search?.kind ?? 'grid') === 'grid')
      return [{ path: at, message: 'a grid needs a step here, or values; or choose another search' }];
    return [];
  });
}

function issuesOfSize({ space, search, modes, seeds }: SweepConfig): readonly RecipeIssue[] {
  const size = search === undefined || search.kind === 'grid' ? gridSize(space) : search.points;
  const trials = (size ?? 0) * (modes?.length ?? 1) * (seeds?.length ?? 1);
  if (trials <= MOST_TRIALS) return [];
  return [{ path: 'space', message: `there would be ${trials} trials; at most ${MOST_TRIALS} are allowed` }];
}

/**
 * Loads and checks a sweep.
 * @param file if absent, `sweep.config.*` in the working directory
 * @throws SweepError `sweep.no-config`; ProjectError `project.bad-config` with the file and the paths in it
 */
export async function loadSweep(file?: string): Promise<LoadedSweep> {
  const named = file ?? (await findSweep('.'));
  if (named === undefined) {
    const message = 'There is no sweep.config.ts here. Go to its folder, or name the file.';
    throw new SweepError('no-config', message);
  }
  const { config, issues } = readSweep(await valueOfConfig(named));
  if (config === undefined) throw configError(named, issues);
  return { config, file: named, folder: dirname(resolve(named)) };
}

async function findSweep(folder: string): Promise<string | undefined> {
  for (const one of NAMES) {
    const path = join(folder, one);
    if ((await stat(path).catch(() => undefined))?.isFile() === true) return path;
  }
  return undefined;
}
