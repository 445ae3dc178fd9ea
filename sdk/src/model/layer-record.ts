/** How a layer stands in a model file: JSON, with weights in base64. */
import { bitMatrixOfWords } from '@adiabit/simulator/bits';
import { FormatError } from '@adiabit/simulator/errors';
import { z } from 'zod';
import { type Activation, isBinary, type Layer, MAX_MODEL_SHIFT, type PictureShape, type Weights } from './model.js';

export const positive = z.int().min(1).max(0xffffff);
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

export const layerSchema = z.discriminatedUnion('kind', [
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
    kind: z.literal('activation'),
    from: z.exactOptional(source),
    inputShape: shape,
    activation: activationSchema,
  }),
]);

export type LayerRecord = z.infer<typeof layerSchema>;
type ActivationRecord = z.infer<typeof activationSchema>;
type WeightsRecord = z.infer<typeof weightsSchema>;

/** Keys always in the same order, so that equal layers give equal text. */
export function layerRecord(layer: Layer): LayerRecord {
  const from = layer.kind === 'add' || layer.from === undefined ? {} : { from: layer.from };
  switch (layer.kind) {
    case 'dense': {
      const { kind, inputs, outputs, inputEncoding } = layer;
      return { kind, ...from, inputs, outputs, inputEncoding, ...weightedRecord(layer) };
    }
    case 'convolution': {
      const { kind, padding, inputEncoding } = layer;
      return { kind, ...from, ...windowsRecord(layer), padding: [...padding], inputEncoding, ...weightedRecord(layer) };
    }
    case 'pool': {
      const { kind, operation, takesMinimum } = layer;
      const minima = takesMinimum === undefined ? {} : { takesMinimum: [...takesMinimum] };
      return { kind, ...from, operation, ...minima, ...windowsRecord(layer) };
    }
    case 'add':
      return { kind: layer.kind, from: [...layer.from], inputShape: [...layer.inputShape] };
    case 'activation': {
      const { kind, inputShape, activation } = layer;
      return { kind, ...from, inputShape: [...inputShape], activation: activationRecord(activation) };
    }
  }
}

export function layerOf(record: LayerRecord, index: number): Layer {
  switch (record.kind) {
    case 'dense':
    case 'convolution':
      return { ...record, weights: weightsOf(record.weights, index), activation: activationOf(record.activation) };
    case 'pool': {
      const { takesMinimum, ...rest } = record;
      return takesMinimum === undefined ? rest : { ...rest, takesMinimum: Uint8Array.from(takesMinimum) };
    }
    case 'add':
      return record;
    case 'activation':
      return { ...record, activation: activationOf(record.activation) };
  }
}

function weightedRecord({ weights, activation }: { readonly weights: Weights; readonly activation: Activation }) {
  return { weights: weightsRecord(weights), activation: activationRecord(activation) };
}

function windowsRecord(layer: {
  readonly inputShape: PictureShape;
  readonly outputShape: PictureShape;
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
}): Pick<LayerRecord & { kind: 'pool' }, 'inputShape' | 'outputShape' | 'size' | 'stride'> {
  const { inputShape, outputShape, size, stride } = layer;
  return { inputShape: [...inputShape], outputShape: [...outputShape], size: [...size], stride: [...stride] };
}

function weightsRecord(weights: Weights): WeightsRecord {
  const { rows, columns } = weights;
  if (!isBinary(weights))
    return { kind: 'integer', rows, columns, data: Buffer.from(weights.values).toString('base64') };
  const bytes = Buffer.alloc(weights.words.length * 4);
  weights.words.forEach((word, index) => bytes.writeUInt32LE(word, index * 4));
  return { kind: 'binary', rows, columns, data: bytes.toString('base64') };
}

function weightsOf({ kind, rows, columns, data }: WeightsRecord, layer: number): Weights {
  const bytes = Buffer.from(data, 'base64');
  const expected = kind === 'binary' ? rows * Math.ceil(columns / 32) * 4 : rows * columns;
  if (bytes.length !== expected) {
    const message = `Layer ${layer} has ${bytes.length} bytes of weights, expected ${expected}.`;
    throw new FormatError('bad-value', message, { layer });
  }
  if (kind === 'integer') return { rows, columns, values: Int8Array.from(bytes) };
  const words = Uint32Array.from({ length: bytes.length / 4 }, (_, word) => bytes.readUInt32LE(word * 4));
  return bitMatrixOfWords(rows, columns, words);
}

function activationRecord(activation: Activation): ActivationRecord {
  switch (activation.kind) {
    case 'threshold': {
      const { kind, thresholds, inverted } = activation;
      return { kind, thresholds: [...thresholds], ...(inverted === undefined ? {} : { inverted: [...inverted] }) };
    }
    case 'requantize': {
      const { kind, multipliers, offsets, shift, minimum, maximum } = activation;
      return { kind, multipliers: [...multipliers], offsets: [...offsets], shift, minimum, maximum };
    }
    case 'integer':
      return { kind: activation.kind, shift: activation.shift, offsets: [...activation.offsets] };
  }
}

function activationOf(record: ActivationRecord): Activation {
  switch (record.kind) {
    case 'threshold': {
      const thresholds = Int32Array.from(record.thresholds);
      const { inverted } = record;
      return { kind: record.kind, thresholds, ...(inverted ? { inverted: Uint8Array.from(inverted) } : {}) };
    }
    case 'requantize': {
      const { multipliers, offsets, ...rest } = record;
      return { ...rest, multipliers: Int32Array.from(multipliers), offsets: Int32Array.from(offsets) };
    }
    case 'integer':
      return { ...record, offsets: Int32Array.from(record.offsets) };
  }
}
