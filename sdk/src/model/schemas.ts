/** The schema of model files, and of what stands in them. */
import { createRequire } from 'node:module';
import {
  LARGEST_TABLE_INPUTS,
  MAX_SCALE_MULTIPLIER,
  MAX_SCALE_SHIFT,
  MAX_STEPS,
  SMALLEST_TABLE_INPUTS,
} from '@adiabit/simulator/network';
import type { z as Zod } from 'zod';
import { MAX_MODEL_SHIFT } from './model.js';

export const FORMAT = 'adiabit-model';
export const VERSION = 2;

function schemasOf(z: typeof Zod) {
  const positive = z.int().min(1).max(0xffffff);
  const int32 = z.int().min(-0x80000000).max(0x7fffffff);
  const int32s = z.array(int32);
  const flags = z.array(z.int().min(0).max(1));
  const shape = z.tuple([positive, positive, positive]);
  const pair = z.tuple([positive, positive]);
  const source = z.int().min(-1);

  /** Binary: rows of little-endian 32-bit words, bit 1 is +1. Integer: bytes, two's complement. Both base64. */
  const weightsSchema = z.strictObject({
    kind: z.enum(['binary', 'integer']),
    rows: positive,
    columns: positive,
    data: z.base64(),
  });

  const activationSchema = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('threshold'), thresholds: int32s, inverted: z.exactOptional(flags) }),
    z.strictObject({
      kind: z.literal('requantize'),
      multipliers: int32s,
      offsets: int32s,
      shift: z.int().min(0).max(31),
      minimum: int32,
      maximum: int32,
    }),
    z.strictObject({ kind: z.literal('integer'), shift: z.int().min(0).max(MAX_MODEL_SHIFT), offsets: int32s }),
  ]);

  const weighted = {
    from: z.exactOptional(source),
    inputEncoding: z.enum(['unsigned', 'bipolar']),
    weights: weightsSchema,
    activation: activationSchema,
  };
  const windows = { inputShape: shape, outputShape: shape, size: pair, stride: pair };

  const layerSchema = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('dense'), inputs: positive, outputs: positive, ...weighted }),
    z.strictObject({
      kind: z.literal('convolution'),
      ...windows,
      padding: z.tuple([z.int().min(0), z.int().min(0)]),
      ...weighted,
    }),
    z.strictObject({
      kind: z.literal('pool'),
      from: z.exactOptional(source),
      operation: z.enum(['sum', 'extreme']),
      takesMinimum: z.exactOptional(flags),
      ...windows,
    }),
    z.strictObject({ kind: z.literal('add'), from: z.tuple([source, source]), inputShape: shape }),
    z.strictObject({
      kind: z.literal('thermometer'),
      from: z.exactOptional(source),
      inputShape: shape,
      thresholds: int32s,
    }),
    z.strictObject({
      kind: z.literal('logic'),
      from: z.exactOptional(source),
      inputShape: shape,
      outputShape: shape,
      tableInputs: z.int().min(SMALLEST_TABLE_INPUTS).max(LARGEST_TABLE_INPUTS),
      /** Table by table, a position for each pin. */
      wires: z.array(z.int().min(0).max(0x7fffffff)),
      /** Per table, its outputs as one hexadecimal number: the digit for the largest values of the pins comes first. */
      masks: z.array(z.string().regex(/^[0-9a-f]+$/)),
    }),
    z.strictObject({
      kind: z.literal('activation'),
      from: z.exactOptional(source),
      inputShape: shape,
      activation: activationSchema,
    }),
  ]);

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
  const channelSchema = z.strictObject({
    name: z.string(),
    unit: z.exactOptional(z.string()),
    countsPerUnit: z.number().positive(),
    scale: z.strictObject({
      offset: int32,
      multiplier: z.int().min(1).max(MAX_SCALE_MULTIPLIER),
      shift: z.int().min(0).max(MAX_SCALE_SHIFT),
    }),
  });
  const trainedOnSchema = z.strictObject({
    kind: z.enum(['picture', 'sound', 'values']),
    shape: z.array(positive).min(1),
    sampleRateHz: z.exactOptional(z.number().positive()),
    channels: z.exactOptional(z.array(channelSchema)),
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

  const headSchema = z.looseObject({ format: z.literal(FORMAT), version: z.number() });

  const fileSchema = contentSchema.extend({
    trainedOn: z.exactOptional(trainedOnSchema),
    comparison: z.exactOptional(comparisonSchema),
    digest: z.string(),
  });

  return {
    head: headSchema,
    content: contentSchema,
    trainedOn: trainedOnSchema,
    comparison: comparisonSchema,
    file: fileSchema,
    layer: layerSchema,
  };
}

type Schemas = ReturnType<typeof schemasOf>;
let schemas: Schemas | undefined;

/**
 * Returns the schemas. zod takes longer to load than all that `import '@adiabit/sdk'` needs besides, so that it is
 * loaded when the first model file is read or written; require, because readers do not wait for promises.
 */
export function modelSchemas(): Schemas {
  schemas ??= schemasOf((createRequire(import.meta.url)('zod') as { readonly z: typeof Zod }).z);
  return schemas;
}

export type LayerRecord = Zod.infer<Schemas['layer']>;
export type Content = Zod.infer<Schemas['content']>;
