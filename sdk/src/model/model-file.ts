import { createHash } from 'node:crypto';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { FormatError, bitMatrixOfWords } from '@adiabit/simulator';
import { readBytes } from '../files.js';
import { MAX_MODEL_SHIFT, validateModel, type BinarizedDense, type BinarizedModel } from './model.js';

const FORMAT = 'adiabit-model';
const VERSION = 1;

const positive = z.int().min(1).max(0xffffff);
const int32 = z.array(z.int().min(-0x80000000).max(0x7fffffff));

const layerSchema = z.strictObject({
  kind: z.literal('dense'),
  inputs: positive,
  outputs: positive,
  inputEncoding: z.enum(['unsigned', 'bipolar']),
  /** Rows of little-endian 32-bit words, base64. */
  weights: z.base64(),
  activation: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('threshold'), thresholds: int32 }),
    z.strictObject({ kind: z.literal('integer'), shift: z.int().min(0).max(MAX_MODEL_SHIFT), offsets: int32 }),
  ]),
});

const contentSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  name: z.string(),
  input: z.strictObject({ count: positive, bits: z.int().min(1).max(8) }),
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
      `${source} has model version ${head.data.version}, this Adiabit reads version ${VERSION}. Update Adiabit.`,
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
  const model: BinarizedModel = { name: content.name, input: content.input, layers: content.layers.map(layerOf) };
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

/** Writes a model file under a temporary name and renames it. */
export async function saveModel(path: string, model: BinarizedModel): Promise<void> {
  await writeFileAtomic(path, serializeModel(model));
}

export async function loadModel(path: string): Promise<BinarizedModel> {
  return parseModel(new TextDecoder().decode(await readBytes(path)), path);
}

const digestOf = (content: Content): string => createHash('sha256').update(JSON.stringify(content)).digest('hex');

function contentOf(model: BinarizedModel): Content {
  return {
    format: FORMAT,
    version: VERSION,
    name: model.name,
    input: { count: model.input.count, bits: model.input.bits },
    layers: model.layers.map(({ inputs, outputs, inputEncoding, weights, activation }) => {
      const bytes = Buffer.alloc(weights.words.length * 4);
      weights.words.forEach((word, index) => bytes.writeUInt32LE(word, index * 4));
      return {
        kind: 'dense',
        inputs,
        outputs,
        inputEncoding,
        weights: bytes.toString('base64'),
        activation:
          activation.kind === 'threshold'
            ? { kind: 'threshold', thresholds: [...activation.thresholds] }
            : { kind: 'integer', shift: activation.shift, offsets: [...activation.offsets] },
      };
    }),
  };
}

function layerOf(
  { inputs, outputs, inputEncoding, weights, activation }: Content['layers'][number],
  index: number,
): BinarizedDense {
  const bytes = Buffer.from(weights, 'base64');
  const expected = outputs * Math.ceil(inputs / 32) * 4;
  if (bytes.length !== expected) {
    throw new FormatError('bad-value', `Layer ${index} has ${bytes.length} bytes of weights, expected ${expected}.`, {
      layer: index,
    });
  }
  const words = Uint32Array.from({ length: bytes.length / 4 }, (_, word) => bytes.readUInt32LE(word * 4));
  return {
    kind: 'dense',
    inputs,
    outputs,
    inputEncoding,
    weights: bitMatrixOfWords(outputs, inputs, words),
    activation:
      activation.kind === 'threshold'
        ? { kind: 'threshold', thresholds: Int32Array.from(activation.thresholds) }
        : { kind: 'integer', shift: activation.shift, offsets: Int32Array.from(activation.offsets) },
  };
}
