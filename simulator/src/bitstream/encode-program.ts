import { FormatError, ModelError } from '../errors.js';
import { countsAt, isCounted } from '../network/counts.js';
import { checkMemory } from '../network/memory.js';
import { isBinary, outputsOf, sourcesOf, type Layer, type Network, type Weights } from '../network/network.js';
import type { Preparation } from '../network/preparation.js';
import { validateNetwork } from '../network/validate.js';
import type { Bitstream } from './bitstream.js';
import { encodeFrame } from './frames.js';
import { layerConstants, type LayerConstants } from './layer-constants.js';
import { windowsOf } from './layer-windows.js';
import {
  ACTIVATION,
  FRAME,
  FRAME_KIND,
  FROM_INPUT,
  INPUT_ENCODING,
  LAYER,
  LAYER_KIND,
  MAX_LAYERS,
  MAX_OUTPUTS,
  POOL_OPERATION,
  PREPARATION,
  PREPARATION_KIND,
  PROGRAM,
  SAMPLE_ENCODING,
  VALUE_FORM,
  WEIGHT_FORM,
  paddedTo4,
} from './layout.js';
import { littleEndianWords } from './little-endian.js';
import type { CircuitShape } from './shape.js';
import { encodeTables } from './tables.js';

/** A program and the frames that it refers to, in file order. */
export interface EncodedProgram {
  readonly program: Uint8Array;
  /** All frames; that of the program comes first. */
  readonly frames: readonly Uint8Array[];
}

/**
 * Encodes a network and its memory plan.
 * @throws FormatError if the network is invalid or does not fit its memory plan
 */
export function encodeProgram({ network, memory }: Pick<Bitstream, 'network' | 'memory'>): EncodedProgram {
  checkNetwork(network);
  checkMemory(network, memory);
  const { layers, input } = network;
  const program = new Uint8Array(PROGRAM.size + layers.length * LAYER.size);
  const frames: Uint8Array[] = [];
  let end = program.length;
  /**
   * Appends a frame.
   * @returns the offset of its payload from that of the program
   */
  const append = (kind: number, layer: number, payload: Uint8Array): number => {
    frames.push(encodeFrame(kind, layer, payload));
    const offset = end + FRAME.size;
    end = offset + paddedTo4(payload.length);
    return offset;
  };
  const head = new DataView(program.buffer);
  head.setUint32(PROGRAM.arenaBytes, memory.arenaBytes, true);
  if (input.preparation !== undefined) {
    const offset = append(FRAME_KIND.preparation, 0, preparationPayload(input.preparation));
    head.setUint32(PROGRAM.preparationOffset, offset, true);
  }
  if (input.zeroPoints !== undefined) {
    const offset = append(FRAME_KIND.zeroPoints, 0, Uint8Array.from(input.zeroPoints));
    head.setUint32(PROGRAM.zeroPointsOffset, offset, true);
  }
  layers.forEach((layer, index) => {
    const record = new DataView(program.buffer, PROGRAM.size + index * LAYER.size, LAYER.size);
    const constants = isCounted(network, index) ? countsRecord(record, network, index) : layerConstants(layer);
    if (!isCounted(network, index)) encodeRecord(record, layer, constants);
    encodeShape(record, layer, index);
    const { form, offset } = memory.outputs[index];
    record.setUint8(LAYER.outputForm, VALUE_FORM[form]);
    record.setUint32(LAYER.arenaOffset, offset, true);
    if ('weights' in layer) {
      const [kind, payload] = encodeWeights(layer.weights);
      record.setUint32(LAYER.weightsOffset, append(kind, index, payload), true);
    }
    if (layer.kind === 'logic') {
      record.setUint32(LAYER.weightsOffset, append(FRAME_KIND.tables, index, encodeTables(layer)), true);
    }
    if (constants.words.length > 0) {
      const words = littleEndianWords(constants.words);
      record.setUint32(LAYER.constantsOffset, append(FRAME_KIND.constants, index, words), true);
    }
  });
  return { program, frames: [encodeFrame(FRAME_KIND.program, 0, program), ...frames] };
}

export const networkShape = ({ input, layers }: Network): CircuitShape => ({
  inputCount: input.count,
  inputBits: input.bits,
  layerCount: layers.length,
  outputCount: outputsOf(layers[layers.length - 1]),
});

/**
 * Checks that a network is valid and that a bitstream can hold it.
 * @throws FormatError `format.bad-value` saying what is wrong
 */
export function checkNetwork(network: Network): void {
  const { layers, input } = network;
  const refuse = (what: string, cause?: unknown): never => {
    throw new FormatError('bad-value', `${what} Compile the model again.`, {}, cause);
  };
  if (layers.length > MAX_LAYERS) refuse(`A bitstream has at most ${MAX_LAYERS} layers, not ${layers.length}.`);
  try {
    validateNetwork(network);
  } catch (error) {
    if (error instanceof ModelError) refuse(error.message, error);
    throw error;
  }
  const outputs = outputsOf(layers[layers.length - 1]);
  if (outputs > MAX_OUTPUTS) refuse(`${outputs} outputs, at most ${MAX_OUTPUTS} fit a class number.`);
  if (input.zeroPoints?.some((zeroPoint) => zeroPoint < 0 || zeroPoint > 255) === true) {
    refuse('A zero point has more than 8 bits.');
  }
}

function preparationPayload({ kind, samples, steps }: Preparation): Uint8Array {
  const payload = new Uint8Array(PREPARATION.size);
  const view = new DataView(payload.buffer);
  view.setUint8(PREPARATION.kind, PREPARATION_KIND[kind]);
  view.setUint8(PREPARATION.samples, SAMPLE_ENCODING[samples]);
  view.setUint32(PREPARATION.steps, steps, true);
  return payload;
}

const encodeWeights = (weights: Weights): readonly [kind: number, payload: Uint8Array] =>
  isBinary(weights)
    ? [FRAME_KIND.weights, littleEndianWords(weights.words)]
    : [FRAME_KIND.integerWeights, paddedRows(weights)];

/** Pads every row to a multiple of four bytes, so that every row starts at one. */
function paddedRows({ rows, columns, values }: { rows: number; columns: number; values: Int8Array }): Uint8Array {
  const bytes = new Uint8Array(rows * paddedTo4(columns));
  for (let row = 0; row < rows; row++) {
    bytes.set(values.subarray(row * columns, (row + 1) * columns), row * paddedTo4(columns));
  }
  return bytes;
}

/** Writes the fields of a counting layer and returns its constants. */
function countsRecord(record: DataView, network: Network, index: number): LayerConstants {
  const { activation, shift, thresholds, offsets } = countsAt(network, index);
  record.setUint8(LAYER.kind, LAYER_KIND.counting);
  record.setUint8(LAYER.weights, WEIGHT_FORM.binary);
  record.setUint8(LAYER.activation, ACTIVATION[activation]);
  record.setUint8(LAYER.shift, shift);
  return { words: activation === 'threshold' ? Int32Array.from(thresholds) : offsets, hasFlags: false };
}

/** Writes the sources, shapes and windows of a layer. */
function encodeShape(record: DataView, layer: Layer, index: number): void {
  const [source, secondSource] = sourcesOf(layer, index);
  record.setUint8(LAYER.source, source < 0 ? FROM_INPUT : source);
  if (layer.kind === 'add') record.setUint8(LAYER.secondSource, secondSource < 0 ? FROM_INPUT : secondSource);
  const { inputShape, outputShape, size, stride, padding } = windowsOf(layer);
  [...inputShape, ...outputShape].forEach((extent, at) => {
    record.setUint32(LAYER.inputHeight + 4 * at, extent, true);
  });
  [...size, ...stride, ...padding].forEach((extent, at) => {
    if (extent > 0xffff) {
      throw new FormatError(
        'bad-value',
        `Layer ${index}: a window of ${extent} exceeds 65,535. Compile a smaller one.`,
      );
    }
    record.setUint16(LAYER.sizeHeight + 2 * at, extent, true);
  });
}

/** Writes the function of a layer: its kind, weights and activation. */
function encodeRecord(record: DataView, layer: Layer, { hasFlags }: LayerConstants): void {
  record.setUint8(LAYER.kind, LAYER_KIND[layer.kind]);
  record.setUint8(LAYER.hasFlags, hasFlags ? 1 : 0);
  if (layer.kind === 'pool') record.setUint8(LAYER.operation, POOL_OPERATION[layer.operation]);
  if (layer.kind === 'logic') record.setUint8(LAYER.operation, layer.tableInputs);
  if ('weights' in layer) {
    record.setUint8(LAYER.weights, isBinary(layer.weights) ? WEIGHT_FORM.binary : WEIGHT_FORM.integer);
    record.setUint8(LAYER.inputEncoding, INPUT_ENCODING[layer.inputEncoding]);
  }
  if (!('activation' in layer)) {
    record.setUint8(LAYER.activation, ACTIVATION.none);
    return;
  }
  const { activation } = layer;
  record.setUint8(LAYER.activation, ACTIVATION[activation.kind]);
  if (activation.kind !== 'threshold') record.setUint8(LAYER.shift, activation.shift);
  if (activation.kind === 'requantize') {
    record.setInt32(LAYER.minimum, activation.minimum, true);
    record.setInt32(LAYER.maximum, activation.maximum, true);
  }
}
