import { createHash } from 'node:crypto';
import { FormatError } from '@adiabit/simulator/errors';
import { readBytes, writeWhole } from '../files.js';
import type { HardComparison } from './comparison.js';
import { layerOf, layerRecord } from './layer-record.js';
import { validateModel, type BinarizedModel, type NetworkInput } from './model.js';
import { FORMAT, modelSchemas, VERSION, type Content } from './schemas.js';

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
  const trained = model.trainedOn === undefined ? {} : { trainedOn: modelSchemas().trainedOn.parse(model.trainedOn) };
  const compared = comparison === undefined ? {} : { comparison: modelSchemas().comparison.parse(comparison) };
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
  const head = modelSchemas().head.safeParse(json);
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
  const parsed = modelSchemas().file.safeParse(json);
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
    .update(JSON.stringify(modelSchemas().content.parse(content)))
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
