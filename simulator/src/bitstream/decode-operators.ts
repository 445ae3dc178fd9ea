import { bitMatrixOfWords, wordsFor } from '../bits/bit-matrix.js';
import { checkMemory, type StoredValues } from '../network/memory.js';
import { outputsOf, type Activation, type Layer, type NetworkInput, type Weights } from '../network/network.js';
import type { Bitstream } from './bitstream.js';
import { checkNetwork } from './encode-operators.js';
import { badValue, type Frame } from './frames.js';
import {
  FRAME_KIND,
  FROM_INPUT,
  HEADER,
  INPUT_ENCODING,
  OPERATOR,
  OPERATORS,
  OPERATOR_ACTIVATION,
  OPERATOR_KIND,
  POOL_OPERATION,
  VALUE_FORM,
  WEIGHT_FORM,
  paddedTo4,
} from './layout.js';
import { wordsOf } from './little-endian.js';
import { unpackFlags } from './operator-constants.js';
import { OperatorRecord } from './operator-record.js';
import type { CircuitShape } from './shape.js';

/** A network of operators and where its values lie, from the frames that devices understand, of which so many configure. */
export function decodeOperators(
  frames: readonly Frame[],
  shape: CircuitShape,
  configuring: number,
): Pick<Bitstream, 'network' | 'memory'> {
  const [program, ...others] = frames;
  const parts = operatorParts(program, others[Symbol.iterator](), shape);
  let step = parts.next();
  while (step.done !== true) step = parts.next();
  const { taken, ...decoded } = step.value;
  if (taken !== configuring) {
    throw badValue(HEADER.frameCount, `holds ${configuring} frames for its operators, which need ${taken}`);
  }
  return decoded;
}

/**
 * The input, then operator after operator, each as soon as its frames have come in. The whole is checked at the end.
 * @param program the frame of the operators @param frames those that follow it
 */
export function* operatorParts(
  program: Frame,
  frames: Iterator<Frame, unknown>,
  shape: CircuitShape,
): Generator<NetworkInput | Layer, Pick<Bitstream, 'network' | 'memory'> & { readonly taken: number }> {
  const { payload, offset } = program;
  const size = OPERATORS.size + shape.layerCount * OPERATOR.size;
  if (payload.byteLength !== size || shape.layerCount === 0) {
    throw badValue(offset, `has ${payload.byteLength} bytes of operators for ${shape.layerCount} layers`);
  }
  const reader = new FrameReader(frames);
  const input = decodeInput(payload.getUint32(OPERATORS.zeroPointsOffset, true), shape, reader);
  const outputs: StoredValues[] = [];
  yield input;
  const layers: Layer[] = [];
  for (let index = 0; index < shape.layerCount; index++) {
    const record = new OperatorRecord(payload, index, offset);
    outputs.push({
      form: record.choice(OPERATOR.outputForm, VALUE_FORM),
      offset: record.u32(OPERATOR.arenaOffset),
    });
    const layer = decodeOperator(record, reader);
    record.checkRead();
    layers.push(layer);
    yield layer;
  }
  const network = { input, layers };
  const memory = { arenaBytes: payload.getUint32(OPERATORS.arenaBytes, true), outputs };
  checkNetwork(network);
  checkMemory(network, memory);
  if (outputsOf(layers[layers.length - 1]) !== shape.outputCount) {
    throw badValue(HEADER.outputCount, 'has a header and a program that disagree');
  }
  return { network, memory, taken: reader.taken };
}

/** Takes the frames in their order: each operator's weights, then its constants. */
class FrameReader {
  taken = 1;

  constructor(private readonly frames: Iterator<Frame, unknown>) {}

  /** The payload of the next frame, which the program says starts at byte `offset` of the file. */
  take(name: 'weights' | 'integerWeights' | 'constants' | 'zeroPoints', layer: number, offset: number): Frame {
    const next = this.frames.next();
    const frame = next.done === true ? undefined : next.value;
    this.taken++;
    if (frame?.kind !== FRAME_KIND[name] || frame.layer !== layer) {
      throw badValue(frame?.start ?? HEADER.size, `has no ${name} for layer ${layer} where they belong`);
    }
    if (frame.offset !== offset) throw badValue(frame.start, `has ${name} of layer ${layer} that lie at ${offset}`);
    return frame;
  }
}

function decodeInput(zeroPointsOffset: number, shape: CircuitShape, reader: FrameReader): NetworkInput {
  const input = { count: shape.inputCount, bits: shape.inputBits };
  if (zeroPointsOffset === 0) return input;
  const { payload } = reader.take('zeroPoints', 0, zeroPointsOffset);
  const zeroPoints = Int32Array.from({ length: payload.byteLength }, (_, channel) => payload.getUint8(channel));
  return { ...input, zeroPoints };
}

const FLAGS = { absent: 0, present: 1 } as const;

type Source = { readonly from?: number };

function decodeOperator(record: OperatorRecord, reader: FrameReader): Layer {
  const kind = record.choice(OPERATOR.kind, OPERATOR_KIND);
  const inputShape = record.shape(OPERATOR.inputHeight);
  const outputShape = record.shape(OPERATOR.outputHeight);
  const windows = {
    size: record.extents(OPERATOR.sizeHeight),
    stride: record.extents(OPERATOR.strideHeight),
    padding: record.extents(OPERATOR.paddingTop),
  };
  const weightForm = record.choice(OPERATOR.weights, WEIGHT_FORM);
  const source = sourceOf(record, OPERATOR.source);
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
    case 'dense': {
      const [, , inputs] = inputShape;
      const [, , outputs] = outputShape;
      if ([...inputShape.slice(0, 2), ...outputShape.slice(0, 2)].some((extent) => extent !== 1)) {
        throw record.bad('is dense with a picture');
      }
      const inputEncoding = record.choice(OPERATOR.inputEncoding, INPUT_ENCODING);
      const weights = decodeWeights(record, reader, weightForm, outputs, inputs);
      return { kind, ...from, inputs, outputs, inputEncoding, weights, activation: decodeActivation(record, reader) };
    }
    case 'convolution': {
      const inputEncoding = record.choice(OPERATOR.inputEncoding, INPUT_ENCODING);
      const columns = size[0] * size[1] * inputShape[2];
      const weights = decodeWeights(record, reader, weightForm, outputShape[2], columns);
      const activation = decodeActivation(record, reader);
      return { kind, ...from, inputShape, outputShape, ...windows, inputEncoding, weights, activation };
    }
    case 'pool': {
      const operation = record.choice(OPERATOR.operation, POOL_OPERATION);
      const [, , channels] = inputShape;
      noActivation(record);
      const shapes = { inputShape, outputShape, size, stride };
      if (record.choice(OPERATOR.hasFlags, FLAGS) === 'absent') return { kind, ...from, operation, ...shapes };
      const takesMinimum = flagsAt(record, constantsOf(record, reader, wordsFor(channels)), channels);
      return { kind, ...from, operation, takesMinimum, ...shapes };
    }
    case 'add':
      if (!sameShape) throw record.bad('changes the shape of its values');
      noActivation(record);
      return { kind, from: [source, sourceOf(record, OPERATOR.secondSource)], inputShape };
    case 'activation':
      if (!sameShape) throw record.bad('changes the shape of its values');
      return { kind, ...from, inputShape, activation: decodeActivation(record, reader) };
  }
}

const sourceOf = (record: OperatorRecord, field: number): number => {
  const source = record.u8(field);
  return source === FROM_INPUT ? -1 : source;
};

function noActivation(record: OperatorRecord): void {
  if (record.choice(OPERATOR.activation, OPERATOR_ACTIVATION) !== 'none') throw record.bad('has an activation');
}

function decodeWeights(
  record: OperatorRecord,
  reader: FrameReader,
  form: keyof typeof WEIGHT_FORM,
  rows: number,
  columns: number,
): Weights {
  const offset = record.u32(OPERATOR.weightsOffset);
  const checkLength = (frame: Frame, rowBytes: number): void => {
    if (frame.payload.byteLength !== rows * rowBytes) {
      throw badValue(frame.offset, `has ${frame.payload.byteLength} bytes of weights for layer ${record.index}`);
    }
  };
  const tail = `sets weights beyond the last input of layer ${record.index}`;
  switch (form) {
    case 'none':
      throw record.bad('has no weights');
    case 'binary': {
      const frame = reader.take('weights', record.index, offset);
      checkLength(frame, 4 * wordsFor(columns));
      const words = wordsOf(frame.payload);
      const weights = bitMatrixOfWords(rows, columns, words);
      if (!words.every((word, at) => word === weights.words[at])) throw badValue(frame.offset, tail);
      return weights;
    }
    case 'integer': {
      const frame = reader.take('integerWeights', record.index, offset);
      const rowBytes = paddedTo4(columns);
      checkLength(frame, rowBytes);
      const values = new Int8Array(rows * columns);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < rowBytes; column++) {
          const weight = frame.payload.getInt8(row * rowBytes + column);
          if (column < columns) values[row * columns + column] = weight;
          else if (weight !== 0) throw badValue(frame.offset, tail);
          if (weight === -128) throw badValue(frame.offset, `has a weight of -128 in layer ${record.index}`);
        }
      }
      return { rows, columns, values };
    }
  }
}

function constantsOf(record: OperatorRecord, reader: FrameReader, words: number): Uint32Array {
  const frame = reader.take('constants', record.index, record.u32(OPERATOR.constantsOffset));
  if (frame.payload.byteLength !== 4 * words) {
    throw badValue(frame.offset, `has ${frame.payload.byteLength} bytes of constants for layer ${record.index}`);
  }
  return wordsOf(frame.payload);
}

/** The bits that end the constants; none behind the last channel. */
function flagsAt(record: OperatorRecord, words: Uint32Array, channels: number): Uint8Array {
  const flags = unpackFlags(words, 32 * words.length);
  if (flags.subarray(channels).includes(1)) throw record.bad('sets flags beyond its last channel');
  return flags.slice(0, channels);
}

function decodeActivation(record: OperatorRecord, reader: FrameReader): Activation {
  const kind = record.choice(OPERATOR.activation, OPERATOR_ACTIVATION);
  const channels = record.u32(OPERATOR.outputChannels);
  const hasFlags = kind === 'threshold' && record.choice(OPERATOR.hasFlags, FLAGS) === 'present';
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
        shift: record.u8(OPERATOR.shift),
        minimum: record.i32(OPERATOR.minimum),
        maximum: record.i32(OPERATOR.maximum),
      };
    case 'integer':
      return { kind, shift: record.u8(OPERATOR.shift), offsets: integers(0) };
  }
}
