/** `adiabit.lock.json`: where the committed files of a project come from, and what they reach. */
import { basename } from 'node:path';
import { FormatError } from '@adiabit/simulator/errors';
import { z } from 'zod';
import { exists, readText } from '../files.js';
import { CIRCUIT_FORMS } from '../compile/circuit-of.js';
import { digestOfValue } from './digest.js';
import type { CheckedConfig } from './schema.js';

const FORMAT = 'adiabit-lock';
const VERSION = 1;
export const LOCK_NAME = 'adiabit.lock.json';

const count = z.int().min(0);
const fraction = z.number().min(0).max(1);
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const boardSchema = z.object({
  /** Bytes of flash that a bitstream may take there, and of RAM that its values may. */
  slotBytes: count,
  workBytes: count,
  /** Clock cycles of the slowest golden vector on the emulated board; absent where none runs here, or it does not fit. */
  cycles: count.optional(),
});

const circuitSchema = z.object({
  form: z.enum(CIRCUIT_FORMS),
  luts: count,
  registers: count,
  memoryBits: count,
  /** Clock cycles from start to outputs, and from one start to the next. */
  latency: count,
  initiationInterval: count,
});

const figuresSchema = z.object({
  bitstreamBytes: count,
  /** Bytes of RAM that a board needs. */
  workBytes: count,
  boards: z.record(z.string(), boardSchema),
  circuits: z.record(z.string(), circuitSchema),
});

const sourcesSchema = z.object({
  data: z.unknown(),
  recipe: z.unknown(),
  normalize: z.boolean(),
  seed: z.int(),
  backend: z.string(),
  golden: count,
  targets: z.unknown(),
});

const lockSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  name: z.string(),
  /** What the config said, without what changes no byte. */
  sources: sourcesSchema,
  digests: z.object({
    config: digest,
    recipe: digest,
    data: digest,
    teacher: digest.optional(),
    start: digest.optional(),
  }),
  training: z.object({
    /** Of all that decides the training. */
    inputs: digest,
    adiabit: z.string(),
    backend: z.string(),
    epochs: count,
    bestEpoch: count,
    /** Of the test set. `frozen`: the exact integers that ship. */
    accuracy: z.object({ soft: fraction, hard: fraction, frozen: fraction }),
  }),
  compilation: z.object({ inputs: digest, adiabit: z.string(), figures: figuresSchema }),
  /** SHA-256 of every other file of the folder that a build wrote. */
  files: z.record(z.string().regex(/^[\w-][\w.-]*$/), digest),
});

export type Lock = z.infer<typeof lockSchema>;
export type Figures = z.infer<typeof figuresSchema>;
export type Sources = z.infer<typeof sourcesSchema>;

/** Returns what of a config decides the bytes. Where data lie does not: their digest does. */
export function sourcesOf({ data, recipe, normalize, start, seed, backend, golden, targets }: CheckedConfig): Sources {
  const sources = {
    data: { ...data, path: undefined },
    recipe,
    // Recipes for MNIST were made for its pixels as they are, and a network to go on from has learnt from inputs as they are.
    normalize: normalize ?? (data.format !== 'mnist' && start === undefined),
    seed,
    backend,
    golden,
    targets: { ...targets, boardsFolder: undefined },
  };
  return JSON.parse(JSON.stringify(sources)) as Sources;
}

/** Makes a lock. */
export const lockOf = (
  lock: Omit<Lock, 'format' | 'version' | 'digests'> & { readonly digests: Omit<Lock['digests'], 'config' | 'recipe'> },
): Lock => ({
  format: FORMAT,
  version: VERSION,
  ...lock,
  digests: { config: digestOfValue(lock.sources), recipe: digestOfValue(lock.sources.recipe), ...lock.digests },
});

export const lockText = (lock: Lock): string => `${JSON.stringify(lock, undefined, 2)}\n`;

/** Reads a lock; undefined if there is none. @throws FormatError `format.bad-value` for a file that is something else */
export async function readLock(file: string): Promise<Lock | undefined> {
  if (!(await exists(file))) return undefined;
  const text = await readText(file);
  const message = `${file} is no ${basename(file)} that this version reads. Remove it, and build the project again.`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FormatError('bad-value', message, { file }, error);
  }
  const parsed = lockSchema.safeParse(json);
  if (!parsed.success) throw new FormatError('bad-value', message, { file }, parsed.error);
  return parsed.data;
}
