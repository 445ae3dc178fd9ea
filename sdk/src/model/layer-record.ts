/** How a layer stands in a model file: JSON, with weights in base64. */
import { bitMatrixFrom, bitMatrixOfWords, getBit, type BitMatrix } from '@adiabit/simulator/bits';
import { FormatError } from '@adiabit/simulator/errors';
import { type Activation, isBinary, type Layer, type PictureShape, type Weights } from './model.js';
import type { LayerRecord } from './schemas.js';

type Weighted = LayerRecord & { readonly kind: 'dense' };
type ActivationRecord = Weighted['activation'];
type WeightsRecord = Weighted['weights'];

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
    case 'thermometer': {
      const { kind, inputShape, activation } = layer;
      return { kind, ...from, inputShape: [...inputShape], thresholds: [...activation.thresholds] };
    }
    case 'logic': {
      const { kind, inputShape, outputShape, tableInputs, wires, masks } = layer;
      const shapes = { inputShape: [...inputShape], outputShape: [...outputShape] } satisfies Partial<LayerRecord>;
      return { kind, ...from, ...shapes, tableInputs, wires: [...wires], masks: masksRecord(masks) };
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
    case 'thermometer': {
      const { thresholds, ...rest } = record;
      return { ...rest, activation: { kind: 'threshold', thresholds: Int32Array.from(thresholds) } };
    }
    case 'logic': {
      const { wires, masks, ...rest } = record;
      return { ...rest, wires: Uint32Array.from(wires), masks: masksOf(masks, rest.tableInputs, index) };
    }
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

/** Writes a table as the hexadecimal number whose bit s is its output for the values s of its pins. */
function masksRecord(masks: BitMatrix): string[] {
  const digits = masks.columns / 4;
  return Array.from({ length: masks.rows }, (_, table) =>
    Array.from({ length: digits }, (_unused, digit) => digitOf(masks, table, digits - 1 - digit)).join(''),
  );
}

const digitOf = (masks: BitMatrix, table: number, digit: number): string =>
  [3, 2, 1, 0].reduce((value, bit) => 2 * value + getBit(masks, table, 4 * digit + bit), 0).toString(16);

function masksOf(masks: readonly string[], tableInputs: number, layer: number): BitMatrix {
  const digits = 2 ** tableInputs / 4;
  const wrong = masks.find((mask) => mask.length !== digits);
  if (wrong !== undefined) {
    const message = `Layer ${layer} has a mask of ${wrong.length} hexadecimal digits, expected ${digits}.`;
    throw new FormatError('bad-value', message, { layer });
  }
  return bitMatrixFrom(masks.length, 4 * digits, (table, entry) => {
    const digit = Number.parseInt(masks[table][digits - 1 - (entry >> 2)], 16);
    return ((digit >> (entry & 3)) & 1) === 1;
  });
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
