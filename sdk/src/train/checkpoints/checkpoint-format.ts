/**
 * The checkpoint file, little-endian:
 *
 * | bytes | what |
 * |---|---|
 * | 0..7 | magic `ADIACKPT` |
 * | 8..11 | version, 1 |
 * | 12..15 | length L of the header in bytes |
 * | 16..47 | SHA-256 of all that follows |
 * | 48..48+L | the header, JSON in UTF-8 |
 * | the rest | float32 arrays, one after the other: latent parameters, Adam's first and second moments, and, when the header names a best epoch, the best hard network's latent parameters |
 *
 * Nothing in it depends on time, so equal trainings write equal bytes.
 */
import { FormatError } from '@adiabit/simulator/errors';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Random } from '../../random.js';
import { freshAdamState } from '../learning/adam.js';
import type { EpochOutcome, TrainingState } from '../learning/training-state.js';
import { withActivationNames } from '../network/activations.js';
import type { Layer } from '../network/layers.js';
import { copyParameters, initialParameters, type NetworkParameters, trainableArrays } from '../network/parameters.js';
import type { Recipe } from '../recipes/recipes.js';
import { fixedStepAfter } from '../schedules/fixed.js';
import { isFixed, type Schedule } from '../schedules/schedules.js';
import { firstDifference } from './difference.js';

/** What a training is: with these equal, the bytes are equal. */
export interface RunIdentity {
  readonly recipe: Recipe;
  readonly seed: number;
  /** The backend's name: sums are rounded differently by another. */
  readonly backend: string;
  /** See `datasetFingerprint`. */
  readonly dataset: string;
  /** See `originDigests`; absent when it starts from random weights. */
  readonly start?: string;
  /** See `originDigests`; absent when it learns from labels alone. */
  readonly teacher?: string;
}

const MAGIC = 'ADIACKPT';
const VERSION = 1;
const PREAMBLE_LENGTH = 48;
const DIGEST_OFFSET = 16;

const fraction = z.number().min(0).max(1);

/** How an epoch came out, as files hold it. */
export const outcomeSchema = z.object({
  epoch: z.int(),
  epochs: z.int(),
  kWeight: z.number(),
  kActivation: z.number(),
  learningRate: z.number(),
  loss: z.number(),
  softAccuracy: fraction,
  hardAccuracy: fraction,
  isBest: z.boolean(),
}) satisfies z.ZodType<EpochOutcome>;

const stepSchema = z.object({
  action: z.enum(['train', 'probe']),
  setting: z.object({
    kWeight: z.number(),
    kActivation: z.number(),
    learningRate: z.number(),
    resetsOptimizer: z.boolean(),
  }),
  memory: z.unknown(),
});

const word = z.int().min(0).max(0xffffffff);

const headerSchema = z.object({
  identity: z.object({
    recipe: z.unknown(),
    seed: z.number(),
    backend: z.string(),
    dataset: z.string(),
    start: z.string().optional(),
    teacher: z.string().optional(),
  }),
  epoch: z.int().min(0),
  adamUpdates: z.int().min(0),
  random: z.tuple([word, word, word, word]),
  best: z.object({ epoch: z.int(), hardAccuracy: z.number() }).nullable(),
  history: z.array(outcomeSchema),
  /** Null at the end; absent for a fixed schedule, where the epoch says it. */
  step: stepSchema.nullable().optional(),
});

type Header = z.infer<typeof headerSchema>;

/** Returns the state between two epochs, as bytes. */
export function encodeCheckpoint(identity: RunIdentity, state: TrainingState): Uint8Array {
  const { best } = state;
  const header: Header = {
    identity: { ...identity },
    epoch: state.epoch,
    adamUpdates: state.adam.updates,
    random: [...state.random.state],
    best: best === undefined ? null : { epoch: best.epoch, hardAccuracy: best.hardAccuracy },
    history: state.history,
    ...(isFixed(identity.recipe.schedule) ? {} : { step: state.step ?? null }),
  };
  const headerBytes = new TextEncoder().encode(JSON.stringify(header));
  const arrays = payloadArrays(state);
  const body = Buffer.concat([headerBytes, ...arrays.map(float32Bytes)]);
  const preamble = Buffer.alloc(PREAMBLE_LENGTH);
  preamble.write(MAGIC, 0, 'latin1');
  preamble.writeUInt32LE(VERSION, 8);
  preamble.writeUInt32LE(headerBytes.length, 12);
  createHash('sha256').update(body).digest().copy(preamble, DIGEST_OFFSET);
  return Buffer.concat([preamble, body]);
}

/**
 * Returns the state that the bytes hold, which must be of the expected training.
 *
 * @param file its name, for errors
 * @throws FormatError: `format.bad-magic`, `format.unsupported-version`, `format.truncated`, `format.digest-mismatch`,
 * or `format.bad-value` naming what is different when it is a checkpoint of another training
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  expected: RunIdentity,
  layers: readonly Layer[],
  file: string,
): TrainingState {
  const { header, payload } = openEnvelope(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), file);
  checkIdentity(header, expected, file);
  const state = emptyState(header, expected.recipe.schedule, layers);
  const arrays = payloadArrays(state);
  const expectedLength = 4 * arrays.reduce((sum, { length }) => sum + length, 0);
  if (payload.length !== expectedLength) {
    const message = `${file}: the checkpoint's arrays take ${payload.length} bytes, its network ${expectedLength}.`;
    throw new FormatError('bad-value', message, { file, offset: bytes.length - payload.length });
  }
  let offset = 0;
  for (const array of arrays) {
    for (let index = 0; index < array.length; index++, offset += 4) array[index] = payload.readFloatLE(offset);
  }
  return state;
}

/**
 * Tells which training the bytes are of. The digest vouches that the recipe is as it was written.
 * @throws FormatError
 */
export function checkpointIdentity(bytes: Uint8Array, file: string): RunIdentity {
  const { header } = openEnvelope(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), file);
  const { recipe, start, teacher, ...rest } = header.identity;
  return {
    ...rest,
    recipe: recipe as Recipe,
    ...(start === undefined ? {} : { start }),
    ...(teacher === undefined ? {} : { teacher }),
  };
}

function openEnvelope(bytes: Buffer, file: string): { header: Header; payload: Buffer } {
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new FormatError('bad-magic', `${file}: not an Adiabit checkpoint.`, { file, offset: 0 });
  }
  if (bytes.length < PREAMBLE_LENGTH) throw truncated(bytes, PREAMBLE_LENGTH, file);
  const foundVersion = bytes.readUInt32LE(8);
  if (foundVersion !== VERSION) {
    const message = `${file}: checkpoint version ${foundVersion}; this program reads version ${VERSION}.`;
    throw new FormatError('unsupported-version', message, { file, offset: 8, version: foundVersion });
  }
  const headerEnd = PREAMBLE_LENGTH + bytes.readUInt32LE(12);
  if (bytes.length < headerEnd) throw truncated(bytes, headerEnd, file);
  const digest = createHash('sha256').update(bytes.subarray(PREAMBLE_LENGTH)).digest();
  if (!digest.equals(bytes.subarray(DIGEST_OFFSET, PREAMBLE_LENGTH))) {
    const message = `${file}: the checkpoint is cut off or damaged: its digest does not fit. Start the training anew.`;
    throw new FormatError('digest-mismatch', message, { file, offset: DIGEST_OFFSET });
  }
  return {
    header: parseHeader(bytes.toString('utf8', PREAMBLE_LENGTH, headerEnd), file),
    payload: bytes.subarray(headerEnd),
  };
}

function parseHeader(text: string, file: string): Header {
  try {
    return headerSchema.parse(JSON.parse(text, withActivationNames));
  } catch (error) {
    const message = `${file}: the checkpoint's header is not what version ${VERSION} says.`;
    throw new FormatError('bad-value', message, { file, offset: PREAMBLE_LENGTH }, error);
  }
}

function checkIdentity({ identity }: Header, expected: RunIdentity, file: string): void {
  const difference = firstDifference(identity, JSON.parse(JSON.stringify(expected)));
  if (difference === undefined) return;
  const { path, left, right } = difference;
  const message =
    `${file}: the checkpoint is of another training: its ${path} is ${left}, here it is ${right}. ` +
    'Name another checkpoint file, or start anew without resuming.';
  throw new FormatError('bad-value', message, { file, field: path, found: left, expected: right });
}

/** Returns a state of the right shape whose arrays are still zero. */
function emptyState(header: Header, schedule: Schedule, layers: readonly Layer[]): TrainingState {
  const parameters = initialParameters(layers, Random.fromSeed(0));
  const adam = { ...freshAdamState(trainableArrays(layers, parameters)), updates: header.adamUpdates };
  return {
    epoch: header.epoch,
    step: isFixed(schedule) ? fixedStepAfter(schedule, header.epoch) : (header.step ?? undefined),
    parameters,
    adam,
    random: Random.fromState(header.random),
    history: header.history,
    best: header.best === null ? undefined : { ...header.best, parameters: copyParameters(parameters) },
  };
}

/** Returns every array of a state, in the order of the file. */
function payloadArrays({ parameters, adam, best }: TrainingState): readonly Float32Array[] {
  const flatten = (network: NetworkParameters) => network.flatMap(({ kernel, scale, bias }) => [kernel, scale, bias]);
  return [...flatten(parameters), ...adam.firstMoments, ...adam.secondMoments, ...flatten(best?.parameters ?? [])];
}

function float32Bytes(values: Float32Array): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeFloatLE(value, 4 * index));
  return bytes;
}

function truncated(bytes: Buffer, expectedLength: number, file: string): FormatError {
  const message = `${file}: the checkpoint ends at byte ${bytes.length}, before byte ${expectedLength}. Start the training anew.`;
  return new FormatError('truncated', message, { file, offset: bytes.length, expectedLength });
}
