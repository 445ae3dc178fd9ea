import { createHash } from 'node:crypto';
import { z } from 'zod';
import { FormatError } from '@adiabit/simulator/errors';
import { MAX_STEPS } from '@adiabit/simulator/network';
import { readBytes, writeWhole } from '../files.js';
import type { HardComparison } from './comparison.js';
import { layerOf, layerRecord, layerSchema, positive } from './layer-record.js';
import type { BinarizedModel, NetworkInput } from './model.js';
import { validateModel } from './validate.js';

const FORMAT = 'adiabit-model';
const VERSION = 2;

const contentSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  name: z.string(),
  input: z.strictObject({
    count: positive,
    bits: z.int().min(1).max(8),
    zeroPoints: z.exactOptional(z.array(z.int().min(0).max(255))),
    preparation: z.exactOptional(
      z.strictObject({
        kind: z.literal('standardize'),
        samples: z.enum(['linear', 'muLaw']),
        steps: z.int().min(1).max(MAX_STEPS),
      }),
    ),
  }),
  layers: z.array(layerSchema).min(1),
});
type Content = z.infer<typeof contentSchema>;

const trainedOnSchema = z.strictObject({
  kind: z.enum(['picture', 'sound', 'values']),
  shape: z.array(positive).min(1),
  sampleRateHz: z.exactOptional(z.number().positive()),
  classNames: z.exactOptional(z.array(z.string())),
});

const rangeSchema = z.strictObject({ minimum: z.number(), maximum: z.number() });
const share = z.number().min(0).max(1);

/** The part of a freezing report that goes with the model. */
const comparisonSchema = z.object({
  isExact: z.boolean(),
  agreement: z.strictObject({
    equal: z.int().min(0),
    total: z.int().min(0),
    largestDifference: z.number().min(0),
    outputs: rangeSchema,
  }),
  held: z.array(z.strictObject({ layer: z.int().min(0), holds: z.number(), reach: z.number() })),
  testAccuracy: z.exactOptional(z.strictObject({ hard: share, frozen: share })),
});

const fileSchema = contentSchema.extend({
  trainedOn: z.exactOptional(trainedOnSchema),
  comparison: z.exactOptional(comparisonSchema),
  digest: z.string(),
});

/** What a model file holds. */
export interface ModelFile {
  readonly model: BinarizedModel;
  /** Absent where the model is not what freezing made: polished, or made otherwise. */
  readonly comparison?: HardComparison;
}

/**
 * Returns the SHA-256 of the network's canonical text, hexadecimal: equal networks have equal digests, whatever they
 * were trained on.
 */
export const modelDigest = (model: BinarizedModel): string => digestOf(contentOf(model));

/**
 * Returns the model as the text of a `.model.json` file. Weights stay packed bits. The digest is that of the network
 * alone.
 */
export function serializeModel(model: BinarizedModel, comparison?: HardComparison): string {
  validateModel(model);
  const content = contentOf(model);
  const trained = model.trainedOn === undefined ? {} : { trainedOn: trainedOnSchema.parse(model.trainedOn) };
  const compared = comparison === undefined ? {} : { comparison: comparisonSchema.parse(comparison) };
  return JSON.stringify({ ...content, ...trained, ...compared, digest: digestOf(content) }, undefined, 1) + '\n';
}

/** Reads a model file as {@link parseModelFile} does, and returns the model alone. */
export const parseModel = (text: string, source?: string): BinarizedModel => parseModelFile(text, source).model;

/**
 * Reads the text of a model file.
 * @throws FormatError when it is not a model file, is of another version or its digest does not hold;
 * ModelError when its shapes contradict each other.
 */
export function parseModelFile(text: string, source = 'the model'): ModelFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FormatError('bad-magic', `${source} is not an Adiabit model: it is not JSON.`, { source }, error);
  }
  const head = z.looseObject({ format: z.literal(FORMAT), version: z.number() }).safeParse(json);
  if (!head.success) {
    throw new FormatError('bad-magic', `${source} is not an Adiabit model file ("format": "${FORMAT}" is missing).`, {
      source,
    });
  }
  if (head.data.version !== VERSION) {
    throw new FormatError(
      'unsupported-version',
      `${source} has model version ${head.data.version}, this Adiabit reads version ${VERSION}. ` +
        (head.data.version > VERSION ? 'Update Adiabit.' : 'Train or freeze it again.'),
      { source, version: head.data.version },
    );
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new FormatError('bad-value', `${source}: ${issue.path.join('.')}: ${issue.message}. Train or freeze again.`, {
      source,
    });
  }
  const { digest, comparison, trainedOn, ...content } = parsed.data;
  const model: BinarizedModel = {
    name: content.name,
    input: inputOf(content.input),
    layers: content.layers.map(layerOf),
    ...(trainedOn === undefined ? {} : { trainedOn }),
  };
  validateModel(model);
  if (digestOf(content) !== digest) {
    throw new FormatError(
      'digest-mismatch',
      `${source} was changed or damaged: its digest does not hold. Freeze it again.`,
      {
        source,
      },
    );
  }
  return comparison === undefined ? { model } : { model, comparison };
}

/** Writes a model file whole, in place of one that is there. @throws FileError as `writeWhole` does */
export async function saveModel(path: string, model: BinarizedModel, comparison?: HardComparison): Promise<void> {
  await writeWhole(path, serializeModel(model, comparison));
}

export const loadModel = async (path: string): Promise<BinarizedModel> => (await loadModelFile(path)).model;

export async function loadModelFile(path: string): Promise<ModelFile> {
  return parseModelFile(new TextDecoder().decode(await readBytes(path)), path);
}

/**
 * Computes the digest of the content in the order of the schema, so that equal models have equal digests however they
 * were written.
 */
const digestOf = (content: Content): string =>
  createHash('sha256')
    .update(JSON.stringify(contentSchema.parse(content)))
    .digest('hex');

function contentOf({ name, input, layers }: BinarizedModel): Content {
  const { count, bits, zeroPoints, preparation } = input;
  return {
    format: FORMAT,
    version: VERSION,
    name,
    input: {
      count,
      bits,
      ...(zeroPoints === undefined ? {} : { zeroPoints: [...zeroPoints] }),
      ...(preparation === undefined
        ? {}
        : { preparation: { kind: preparation.kind, samples: preparation.samples, steps: preparation.steps } }),
    },
    layers: layers.map(layerRecord),
  };
}

function inputOf({ count, bits, zeroPoints, preparation }: Content['input']): NetworkInput {
  return {
    count,
    bits,
    ...(zeroPoints === undefined ? {} : { zeroPoints: Int32Array.from(zeroPoints) }),
    ...(preparation === undefined ? {} : { preparation }),
  };
}
