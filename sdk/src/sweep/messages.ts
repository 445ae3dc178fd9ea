/**
 * What goes between a sweep and its workers, over a queue or in files: trials, and what came out. It may come from another machine, so
 * sizes and fields are checked (docs/formats/sweep.md).
 */
import { isAbsolute, normalize, sep } from 'node:path';
import { z } from 'zod';
import { readConfig, type CheckedConfig } from '../project/schema.js';
import { binarizationModes } from '../train/network/network.js';
import { SweepError } from './errors.js';
import type { Hurdles } from './median-rule.js';
import type { Point } from './space.js';
import type { SpaceValue } from '../project/sweep-config.js';

const FORMAT = 'adiabit-trial';
const VERSION = 1;
/** The most characters of a trial or an outcome as JSON. */
const MOST_CHARACTERS = 1_048_576;
const MOST_EPOCHS = 100_000;
const MOST_TARGETS = 100;

const head = { format: z.literal(FORMAT), version: z.literal(VERSION) };
const fraction = z.number().min(0).max(1);
const amount = z.int().min(0);
const text = z.string().max(10_000);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const path = z.string().max(1000);
const value: z.ZodType<SpaceValue> = z.json();
const pointSchema = z.record(path, value);
const perTarget = z.record(z.string().max(100), amount).refine((one) => Object.keys(one).length <= MOST_TARGETS);

const jobSchema = z.strictObject({
  ...head,
  id: digest,
  /** The config of the project, checked by its own schema. */
  config: z.unknown(),
  point: pointSchema,
  mode: z.enum(binarizationModes).optional(),
  seed: z.int(),
  epochs: z.int().min(1).max(MOST_EPOCHS).optional(),
  hurdles: z.array(fraction.nullable()).max(MOST_EPOCHS).optional(),
});

/** A trial as it is given to a worker. */
export interface TrialJob {
  readonly id: string;
  readonly config: CheckedConfig;
  readonly point: Point;
  readonly mode?: (typeof binarizationModes)[number] | undefined;
  readonly seed: number;
  readonly epochs?: number | undefined;
  /** What early stopping asks for. */
  readonly hurdles?: Hurdles | undefined;
}

const figuresSchema = z.strictObject({
  /** Bytes of flash on a board, and of RAM. */
  bitstreamBytes: amount,
  workBytes: amount,
  /** Two-input gates of the circuit, and tables of four inputs; absent if the network has no circuit that can be built. */
  form: z.string().max(100).optional(),
  gates: amount.optional(),
  lut4: amount.optional(),
  memoryBits: amount.optional(),
  latency: amount.optional(),
  /** Clock cycles of the slowest golden vector on each board that takes the network and can be emulated. */
  cycles: perTarget,
});

/** What a network takes of its targets. */
export type TrialFigures = z.infer<typeof figuresSchema>;

const outcomeSchema = z.strictObject({
  ...head,
  id: digest,
  point: pointSchema,
  mode: z.enum(binarizationModes).optional(),
  seed: z.int(),
  /** `stopped`: given up by early stopping. `failed`: it cannot be trained, as `error` says. */
  kind: z.enum(['finished', 'stopped', 'failed']),
  /** Validation accuracy with signs and steps, epoch by epoch, and the best of them. */
  history: z.array(fraction).max(MOST_EPOCHS),
  validationAccuracy: fraction,
  accuracy: z.strictObject({ soft: fraction, hard: fraction, frozen: fraction.nullable() }).optional(),
  /** SHA-256 of the model file; absent where the network has no exact integers. */
  model: digest.optional(),
  figures: figuresSchema.optional(),
  error: z.strictObject({ code: text, message: text }).optional(),
});

/** What came out of a trial. */
export type TrialOutcome = z.infer<typeof outcomeSchema>;
export const OUTCOME_HEAD = { format: FORMAT, version: VERSION } as const;

/** Writes a trial as JSON. */
export const writeJob = (job: TrialJob): string => JSON.stringify({ ...OUTCOME_HEAD, ...job });

/** Writes an outcome as JSON: equal outcomes have equal bytes. */
export const writeOutcome = (outcome: TrialOutcome): string => `${JSON.stringify(outcome, undefined, 1)}\n`;

/**
 * Reads a trial from a queue.
 * @param isForeign whether it comes from another machine: its paths must then stay in the folder of the worker
 * @throws SweepError `sweep.bad-message`
 */
export function readJob(json: string, { isForeign = true } = {}): TrialJob {
  const { format: _format, version: _version, ...job } = parsed(jobSchema, json, 'The trial');
  const { config, issues } = readConfig(job.config);
  if (config === undefined) throw refused('The trial', issues.map(({ path: at, message }) => `config.${at}: ${message}`));
  const outside = isForeign ? pathsOf(config).filter(leadsOut) : [];
  if (outside.length > 0)
    throw refused('The trial', [`${outside.join(' and ')} leads out of the folder of the worker`]);
  return { ...job, config };
}

/** Reads an outcome. @throws SweepError `sweep.bad-message` */
export const readOutcome = (json: string): TrialOutcome => parsed(outcomeSchema, json, 'The outcome of a trial');

/** Reads the files that a config makes a worker open. */
const pathsOf = ({ data, teacher, start, targets }: CheckedConfig): readonly string[] =>
  [...dataPathsOf(data), teacher, start, targets.boardsFolder].filter((one) => one !== undefined);

function dataPathsOf(data: CheckedConfig['data']): readonly string[] {
  if (data.format === 'mnist') return [];
  if (data.format === 'folder') return [data.path];
  return typeof data.files === 'string' ? [data.files] : data.files;
}

function leadsOut(one: string): boolean {
  const plain = normalize(one);
  return isAbsolute(plain) || plain === '..' || plain.startsWith(`..${sep}`);
}

function parsed<T>(schema: z.ZodType<T>, json: string, what: string): T {
  if (json.length > MOST_CHARACTERS)
    throw refused(what, [`it has ${json.length} characters; at most ${MOST_CHARACTERS} are taken`]);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw refused(what, ['it is no JSON']);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refused(what, result.error.issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}

const refused = (what: string, issues: readonly string[]): SweepError =>
  new SweepError('bad-message', `${what} cannot be taken: ${issues.join('; ')}.`);
