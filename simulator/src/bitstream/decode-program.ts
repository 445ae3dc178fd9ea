import { bitMatrixOfWords, wordsFor, type BitMatrix } from '../bits/bit-matrix.js';
import type { CountingLayer } from '../network/counting-layer.js';
import { isCounted, layerOfCounts } from '../network/counts.js';
import { checkMemory, type StoredValues } from '../network/memory.js';
import {
  LARGEST_TABLE_INPUTS,
  outputsOf,
  SMALLEST_TABLE_INPUTS,
  valuesIn,
  type Activation,
  type IntegerMatrix,
  type Layer,
  type NetworkInput,
  type Weights,
} from '../network/network.js';
import type { Preparation } from '../network/preparation.js';
import { validateCount } from '../network/validate-counts.js';
import type { Bitstream } from './bitstream.js';
import { checkNetwork } from './encode-program.js';
import { badValue, type Frame } from './frames.js';
import { unpackFlags } from './layer-constants.js';
import { LayerRecord } from './layer-record.js';
import {
  ACTIVATION,
  FRAME_KIND,
  FROM_INPUT,
  HEADER,
  INPUT_ENCODING,
  LAYER,
  LAYER_KIND,
  MAX_SHIFT,
  POOL_OPERATION,
  PREPARATION,
  PREPARATION_KIND,
  PROGRAM,
  SAMPLE_ENCODING,
  VALUE_FORM,
  WEIGHT_FORM,
  paddedTo4,
} from './layout.js';
import { wordsOf } from './little-endian.js';
import type { CircuitShape } from './shape.js';
import { decodeTables, tableBytes } from './tables.js';

/** Decodes a network and its memory plan from the frames that devices understand. */
export function decodeProgram(
  frames: readonly Frame[],
  shape: CircuitShape,
  configuring: number,
): Pick<Bitstream, 'network' | 'memory'> {
  const [program, ...others] = frames;
  const parts = programParts(program, others[Symbol.iterator](), shape);
  let step = parts.next();
  while (step.done !== true) step = parts.next();
  const { taken, ...decoded } = step.value;
  if (taken !== configuring) {
    throw badValue(HEADER.frameCount, `holds ${configuring} frames for its program, which needs ${taken}`);
  }
  return decoded;
}

/**
 * Decodes the input, then one layer after the other, each as soon as its frames have arrived. Checks the whole at the
 * end.
 * @param program the first frame
 * @param frames those that follow it
 * @throws FormatError at the first field that is wrong
 */
export function* programParts(
  program: Frame | undefined,
  frames: Iterator<Frame, unknown>,
  shape: CircuitShape,
): Generator<NetworkInput | Layer, Pick<Bitstream, 'network' | 'memory'> & { readonly taken: number }> {
  if (program?.kind !== FRAME_KIND.program) throw badValue(HEADER.size, 'does not start with its program');
  const { payload, offset } = program;
  const size = PROGRAM.size + shape.layerCount * LAYER.size;
  if (payload.byteLength !== size || shape.layerCount === 0) {
    throw badValue(offset, `has a program of ${payload.byteLength} bytes for ${shape.layerCount} layers`);
  }
  const reader = new FrameReader(frames, offset);
  const input = decodeInput(payload, shape, reader);
  const outputs: StoredValues[] = [];
  yield input;
  const layers: Layer[] = [];
  const counted: number[] = [];
  for (let index = 0; index < shape.layerCount; index++) {
    const record = new LayerRecord(payload, index, offset);
    outputs.push({
      form: record.choice(LAYER.outputForm, VALUE_FORM),
      offset: record.u32(LAYER.arenaOffset),
    });
    if (record.choice(LAYER.kind, LAYER_KIND) === 'counting') counted.push(index);
    const layer = decodeLayer(record, reader, input);
    record.checkRead();
    layers.push(layer);
    yield layer;
  }
  const network = { input, layers };
  const memory = { arenaBytes: payload.getUint32(PROGRAM.arenaBytes, true), outputs };
  checkNetwork(network);
  checkMemory(network, memory);
  const notCounted = counted.find((index) => !isCounted(network, index));
  if (notCounted !== undefined) throw badValue(offset, `has a layer ${notCounted} that counts values that are no bits`);
  if (outputsOf(layers[layers.length - 1]) !== shape.outputCount) {
    throw badValue(HEADER.outputCount, 'has a header and a program that disagree');
  }
  return { network, memory, taken: reader.taken };
}

/** Takes frames in order: for each layer its weights, then its constants. */
class FrameReader {
  taken = 1;

  readonly #frames: Iterator<Frame, unknown>;
  readonly #origin: number;

  /**
   * Reads frames of a program.
   * @param origin offset of the program's payload in the file
   */
  constructor(frames: Iterator<Frame, unknown>, origin: number) {
    this.#frames = frames;
    this.#origin = origin;
  }

  /** Takes the next frame. Its payload must start `offset` bytes after that of the program, as the program says. */
  take(
    name: 'preparation' | 'zeroPoints' | 'weights' | 'integerWeights' | 'constants' | 'tables',
    layer: number,
    offset: number,
  ): Frame {
    const next = this.#frames.next();
    const frame = next.done === true ? undefined : next.value;
    this.taken++;
    if (frame?.kind !== FRAME_KIND[name] || frame.layer !== layer) {
      throw badValue(frame?.start ?? HEADER.size, `has no ${name} for layer ${layer} where they belong`);
    }
    if (frame.offset !== this.#origin + offset) {
      throw badValue(frame.start, `has ${name} of layer ${layer} that lie at ${this.#origin + offset}`);
    }
    return frame;
  }
}

function decodeInput(program: DataView, shape: CircuitShape, reader: FrameReader): NetworkInput {
  const preparationOffset = program.getUint32(PROGRAM.preparationOffset, true);
  const zeroPointsOffset = program.getUint32(PROGRAM.zeroPointsOffset, true);
  const preparation =
    preparationOffset === 0 ? {} : { preparation: decodePreparation(reader.take('preparation', 0, preparationOffset)) };
  const input = { count: shape.inputCount, bits: shape.inputBits, ...preparation };
  if (zeroPointsOffset === 0) return input;
  const { payload } = reader.take('zeroPoints', 0, zeroPointsOffset);
  const zeroPoints = Int32Array.from({ length: payload.byteLength }, (_, channel) => payload.getUint8(channel));
  return { ...input, zeroPoints };
}

function decodePreparation({ payload, offset }: Frame): Preparation {
  const known = payload.byteLength === PREPARATION.size && payload.getUint16(PREPARATION.reserved, true) === 0;
  const encoding = known ? payload.getUint8(PREPARATION.samples) : -1;
  const samples = (['linear', 'muLaw'] as const).find((name) => SAMPLE_ENCODING[name] === encoding);
  if (samples === undefined || payload.getUint8(PREPARATION.kind) !== PREPARATION_KIND.standardize) {
    throw badValue(offset, 'has a preparation that this Adiabit does not know');
  }
  return { kind: 'standardize', samples, steps: payload.getUint32(PREPARATION.steps, true) };
}

const FLAGS = { absent: 0, present: 1 } as const;

type Source = { readonly from?: number };

function decodeLayer(record: LayerRecord, reader: FrameReader, input: NetworkInput): Layer {
  const kind = record.choice(LAYER.kind, LAYER_KIND);
  const inputShape = record.shape(LAYER.inputHeight);
  const outputShape = record.shape(LAYER.outputHeight);
  const windows = {
    size: record.extents(LAYER.sizeHeight),
    stride: record.extents(LAYER.strideHeight),
    padding: record.extents(LAYER.paddingTop),
  };
  const weightForm = record.choice(LAYER.weights, WEIGHT_FORM);
  const source = sourceOf(record, LAYER.source);
  const from: Source = source === record.index - 1 ? {} : { from: source };
  const { size, stride, padding } = windows;
  if (kind !== 'convolution') {
    const isPool = kind === 'pool';
    if (padding.some((extent) => extent !== 0) || (!isPool && [...size, ...stride].some((extent) => extent !== 1))) {
      throw record.bad('has windows where there are none');
    }
  }
  const sameShape = inputShape.every((extent, axis) => extent === outputShape[axis]);
  switch (kind) {
    case 'counting':
    case 'dense': {
      const [, , inputs] = inputShape;
      const [, , outputs] = outputShape;
      if ([...inputShape.slice(0, 2), ...outputShape.slice(0, 2)].some((extent) => extent !== 1)) {
        throw record.bad('is dense with a picture');
      }
      if (kind === 'counting') {
        if (weightForm !== 'binary') throw record.bad('counts with weights that are no bits');
        const inputBits = source < 0 ? input.bits : 1;
        return { ...layerOfCounts(decodeCounts(record, reader, { inputs, outputs, inputBits })), ...from };
      }
      const inputEncoding = record.choice(LAYER.inputEncoding, INPUT_ENCODING);
      const weights = decodeWeights(record, reader, weightForm, outputs, inputs);
      return { kind, ...from, inputs, outputs, inputEncoding, weights, activation: decodeActivation(record, reader) };
    }
    case 'convolution': {
      const inputEncoding = record.choice(LAYER.inputEncoding, INPUT_ENCODING);
      const columns = size[0] * size[1] * inputShape[2];
      const weights = decodeWeights(record, reader, weightForm, outputShape[2], columns);
      const activation = decodeActivation(record, reader);
      return { kind, ...from, inputShape, outputShape, ...windows, inputEncoding, weights, activation };
    }
    case 'pool': {
      const operation = record.choice(LAYER.operation, POOL_OPERATION);
      const [, , channels] = inputShape;
      noActivation(record);
      const shapes = { inputShape, outputShape, size, stride };
      if (record.choice(LAYER.hasFlags, FLAGS) === 'absent') return { kind, ...from, operation, ...shapes };
      const takesMinimum = flagsAt(record, constantsOf(record, reader, wordsFor(channels)), channels);
      return { kind, ...from, operation, takesMinimum, ...shapes };
    }
    case 'add':
      if (!sameShape) throw record.bad('changes the shape of its values');
      noActivation(record);
      return { kind, from: [source, sourceOf(record, LAYER.secondSource)], inputShape };
    case 'activation':
      if (!sameShape) throw record.bad('changes the shape of its values');
      return { kind, ...from, inputShape, activation: decodeActivation(record, reader) };
    case 'thermometer': {
      if (inputShape[0] !== outputShape[0] || inputShape[1] !== outputShape[1]) {
        throw record.bad('changes the places of its values');
      }
      const activation = decodeActivation(record, reader);
      if (activation.kind !== 'threshold') throw record.bad('is a thermometer without thresholds');
      return { kind, ...from, inputShape, activation };
    }
    case 'logic': {
      noActivation(record);
      const shapes = { inputShape, outputShape, tableInputs: record.u8(LAYER.operation) };
      const { tableInputs } = shapes;
      if (tableInputs < SMALLEST_TABLE_INPUTS || tableInputs > LARGEST_TABLE_INPUTS) {
        throw record.bad(`has tables of ${tableInputs} inputs`);
      }
      const frame = reader.take('tables', record.index, record.u32(LAYER.weightsOffset));
      const [inputs, tables] = [valuesIn(inputShape), valuesIn(outputShape)];
      checkLength(frame, record, tables * tableBytes(tableInputs, inputs));
      const decoded = decodeTables(frame.payload, tableInputs, inputs);
      if (decoded === undefined) throw badValue(frame.offset, `sets bits behind a table of layer ${record.index}`);
      return { kind, ...from, ...shapes, ...decoded };
    }
  }
}

function decodeCounts(
  record: LayerRecord,
  reader: FrameReader,
  { inputs, outputs, inputBits }: Pick<CountingLayer, 'inputs' | 'outputs' | 'inputBits'>,
): CountingLayer {
  const activation = record.choice(LAYER.activation, ACTIVATION);
  if (activation !== 'threshold' && activation !== 'integer')
    throw record.bad(`counts for an activation ${activation}`);
  const shift = activation === 'integer' ? record.u8(LAYER.shift) : 0;
  if (shift > MAX_SHIFT) throw record.bad(`shifts by ${shift}`);
  const weights = decodeBinary(record, reader, outputs, inputs);
  const words = constantsOf(record, reader, outputs);
  const layer: CountingLayer = {
    activation,
    inputs,
    outputs,
    inputBits,
    shift,
    weights,
    thresholds: activation === 'threshold' ? words : new Uint32Array(),
    offsets: activation === 'integer' ? Int32Array.from(words) : new Int32Array(),
  };
  validateCount(layer, record.index);
  return layer;
}

const sourceOf = (record: LayerRecord, field: number): number => {
  const source = record.u8(field);
  return source === FROM_INPUT ? -1 : source;
};

function noActivation(record: LayerRecord): void {
  if (record.choice(LAYER.activation, ACTIVATION) !== 'none') throw record.bad('has an activation');
}

function decodeWeights(
  record: LayerRecord,
  reader: FrameReader,
  form: keyof typeof WEIGHT_FORM,
  rows: number,
  columns: number,
): Weights {
  switch (form) {
    case 'none':
      throw record.bad('has no weights');
    case 'binary':
      return decodeBinary(record, reader, rows, columns);
    case 'integer':
      return decodeIntegers(record, reader, rows, columns);
  }
}

function decodeBinary(record: LayerRecord, reader: FrameReader, rows: number, columns: number): BitMatrix {
  const frame = reader.take('weights', record.index, record.u32(LAYER.weightsOffset));
  checkLength(frame, record, rows * 4 * wordsFor(columns));
  const words = wordsOf(frame.payload);
  const weights = bitMatrixOfWords(rows, columns, words);
  if (!words.every((word, at) => word === weights.words[at])) throw beyondTail(frame, record);
  return weights;
}

function decodeIntegers(record: LayerRecord, reader: FrameReader, rows: number, columns: number): IntegerMatrix {
  const frame = reader.take('integerWeights', record.index, record.u32(LAYER.weightsOffset));
  const rowBytes = paddedTo4(columns);
  checkLength(frame, record, rows * rowBytes);
  const values = new Int8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < rowBytes; column++) {
      const weight = frame.payload.getInt8(row * rowBytes + column);
      if (column < columns) values[row * columns + column] = weight;
      else if (weight !== 0) throw beyondTail(frame, record);
      if (weight === -128) throw badValue(frame.offset, `has a weight of -128 in layer ${record.index}`);
    }
  }
  return { rows, columns, values };
}

function checkLength(frame: Frame, record: LayerRecord, expected: number): void {
  if (frame.payload.byteLength === expected) return;
  throw badValue(frame.offset, `has ${frame.payload.byteLength} bytes of weights for layer ${record.index}`);
}

const beyondTail = (frame: Frame, record: LayerRecord): Error =>
  badValue(frame.offset, `sets weights beyond the last input of layer ${record.index}`);

function constantsOf(record: LayerRecord, reader: FrameReader, words: number): Uint32Array {
  const frame = reader.take('constants', record.index, record.u32(LAYER.constantsOffset));
  if (frame.payload.byteLength !== 4 * words) {
    throw badValue(frame.offset, `has ${frame.payload.byteLength} bytes of constants for layer ${record.index}`);
  }
  return wordsOf(frame.payload);
}

/** Reads the bits after the constants; the bits beyond the last channel must be 0. */
function flagsAt(record: LayerRecord, words: Uint32Array, channels: number): Uint8Array {
  const flags = unpackFlags(words, 32 * words.length);
  if (flags.subarray(channels).includes(1)) throw record.bad('sets flags beyond its last channel');
  return flags.slice(0, channels);
}

function decodeActivation(record: LayerRecord, reader: FrameReader): Activation {
  const kind = record.choice(LAYER.activation, ACTIVATION);
  const channels = record.u32(LAYER.outputChannels);
  const hasFlags = kind === 'threshold' && record.choice(LAYER.hasFlags, FLAGS) === 'present';
  const perChannel = kind === 'requantize' ? 2 : 1;
  if (kind === 'none') throw record.bad('has no activation');
  const words = constantsOf(record, reader, perChannel * channels + (hasFlags ? wordsFor(channels) : 0));
  const integers = (at: number): Int32Array => Int32Array.from(words.subarray(at * channels, (at + 1) * channels));
  switch (kind) {
    case 'threshold':
      return {
        kind,
        thresholds: integers(0),
        ...(hasFlags ? { inverted: flagsAt(record, words.subarray(channels), channels) } : {}),
      };
    case 'requantize':
      return {
        kind,
        multipliers: integers(0),
        offsets: integers(1),
        shift: record.u8(LAYER.shift),
        minimum: record.i32(LAYER.minimum),
        maximum: record.i32(LAYER.maximum),
      };
    case 'integer':
      return { kind, shift: record.u8(LAYER.shift), offsets: integers(0) };
  }
}
