import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { z } from 'zod';
import { FormatError } from '@adiabit/simulator/errors';
import { makeFolder, readBytes, writeWhole } from '../files.js';
import type { BinarizedModel } from '../model/model.js';
import { parseModel, serializeModel } from '../model/model-file.js';

/** The outcome of one sweep. Sweep 0 is the network before polishing. */
export interface SweepOutcome {
  readonly sweep: number;
  readonly kept: number;
  /** Mean cross-entropy over the training images, in nats. */
  readonly loss: number;
  /** Fraction of the validation examples that are right. */
  readonly validationAccuracy: number;
  readonly isBest: boolean;
}

const FORMAT = 'adiabit-polish-checkpoint';
const VERSION = 1;

/** Everything the rest of a polishing depends on, between two visits. */
export interface PolishPosition {
  /** SHA-256 over the model, the data, the plan and the seed: with these equal, the bytes are equal. */
  readonly identity: string;
  /** Counted from 0. */
  readonly sweep: number;
  /** Visits of this sweep that are done. */
  readonly visits: number;
  readonly keptThisSweep: number;
  readonly temperature: number;
  readonly model: BinarizedModel;
  readonly best: { readonly sweep: number; readonly accuracy: number; readonly model: BinarizedModel };
  readonly history: readonly SweepOutcome[];
}

const outcomeSchema = z.strictObject({
  sweep: z.int(),
  kept: z.int(),
  loss: z.number(),
  validationAccuracy: z.number(),
  isBest: z.boolean(),
}) satisfies z.ZodType<SweepOutcome>;

const contentSchema = z.strictObject({
  identity: z.string(),
  sweep: z.int().min(0),
  visits: z.int().min(0),
  keptThisSweep: z.int().min(0),
  temperature: z.number().positive(),
  /** The text of a model file. */
  model: z.string(),
  best: z.strictObject({ sweep: z.int(), accuracy: z.number(), model: z.string() }),
  history: z.array(outcomeSchema),
});

/** Replaces the file as a whole. @throws FileError when it cannot be written */
export async function savePosition(file: string, position: PolishPosition): Promise<void> {
  const content: z.infer<typeof contentSchema> = {
    ...position,
    model: serializeModel(position.model),
    best: { ...position.best, model: serializeModel(position.best.model) },
    history: [...position.history],
  };
  const text = JSON.stringify(content);
  await makeFolder(dirname(file));
  await writeWhole(file, JSON.stringify({ format: FORMAT, version: VERSION, digest: digestOf(text), text }));
}

/**
 * Reads where polishing stopped.
 * @throws DataError `data.not-found` when there is no such file; FormatError when it is damaged, of another version or
 * of another polishing
 */
export async function loadPosition(file: string, identity: string): Promise<PolishPosition> {
  const text = openEnvelope(new TextDecoder().decode(await readBytes(file)), file);
  const content = contentSchema.safeParse(JSON.parse(text));
  if (!content.success) {
    const message = `${file}: the checkpoint is not what version ${VERSION} says. Start the polishing anew.`;
    throw new FormatError('bad-value', message, { file }, content.error);
  }
  const { data } = content;
  if (data.identity !== identity) {
    const message = `${file}: the checkpoint is of another polishing: its model, data, plan or seed differ. Start anew without resuming.`;
    throw new FormatError('bad-value', message, { file, found: data.identity, expected: identity });
  }
  return {
    ...data,
    model: parseModel(data.model, file),
    best: { ...data.best, model: parseModel(data.best.model, file) },
  };
}

function openEnvelope(text: string, file: string): string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FormatError('bad-magic', `${file} is not a polishing checkpoint: it is not JSON.`, { file }, error);
  }
  const envelope = z
    .strictObject({ format: z.literal(FORMAT), version: z.number(), digest: z.string(), text: z.string() })
    .safeParse(json);
  if (!envelope.success) {
    throw new FormatError('bad-magic', `${file} is not a polishing checkpoint.`, { file }, envelope.error);
  }
  const { version, digest, text: content } = envelope.data;
  if (version !== VERSION) {
    const message = `${file}: checkpoint version ${version}; this program reads version ${VERSION}.`;
    throw new FormatError('unsupported-version', message, { file, version });
  }
  if (digestOf(content) !== digest) {
    const message = `${file}: the checkpoint is damaged: its digest does not hold. Start the polishing anew.`;
    throw new FormatError('digest-mismatch', message, { file });
  }
  return content;
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');
