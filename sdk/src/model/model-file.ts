import { createHash } from 'node:crypto';
import { z } from 'zod';
import { FormatError } from '@adiabit/simulator';
import { readBytes, writeWhole } from '../files.js';
import { layerOf, layerRecord, layerSchema, positive } from './layer-record.js';
import type { BinarizedModel, ModelInput } from './model.js';
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
      z.strictObject({ kind: z.literal('standardize'), muLaw: z.boolean(), step: z.number().positive() }),
    ),
  }),
  layers: z.array(layerSchema).min(1),
});
type Content = z.infer<typeof contentSchema>;

const fileSchema = contentSchema.extend({ digest: z.string() });

/** SHA-256 of the model's canonical text, hexadecimal: equal models have equal digests. */
export const modelDigest = (model: BinarizedModel): string => digestOf(contentOf(model));

/** The model as the text of a `.model.json` file. Weights stay packed bits. */
export function serializeModel(model: BinarizedModel): string {
  validateModel(model);
  const content = contentOf(model);
  return JSON.stringify({ ...content, digest: digestOf(content) }, undefined, 1) + '\n';
}

/**
 * Reads the text of a model file.
 * @throws FormatError when it is not a model file, is of another version or its digest does not hold;
 * ModelError when its shapes contradict each other.
 */
export function parseModel(text: string, source = 'the model'): BinarizedModel {
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
  const { digest, ...content } = parsed.data;
  const model: BinarizedModel = {
    name: content.name,
    input: inputOf(content.input),
    layers: content.layers.map(layerOf),
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
  return model;
}

/** Writes a model file whole, in place of one that is there. @throws FileError as `writeWhole` does */
export async function saveModel(path: string, model: BinarizedModel): Promise<void> {
  await writeWhole(path, serializeModel(model));
}

export async function loadModel(path: string): Promise<BinarizedModel> {
  return parseModel(new TextDecoder().decode(await readBytes(path)), path);
}

/** Of the content as the schema orders it, so that equal models have equal digests however they were written. */
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
        : { preparation: { kind: preparation.kind, muLaw: preparation.muLaw, step: preparation.step } }),
    },
    layers: layers.map(layerRecord),
  };
}

function inputOf({ count, bits, zeroPoints, preparation }: Content['input']): ModelInput {
  return {
    count,
    bits,
    ...(zeroPoints === undefined ? {} : { zeroPoints: Int32Array.from(zeroPoints) }),
    ...(preparation === undefined ? {} : { preparation }),
  };
}
