import { FormatError, ModelError } from '../errors.js';
import { checkMemory } from '../network/memory.js';
import { isBinary, outputsOf, sourcesOf, type Layer, type Network } from '../network/network.js';
import { validateNetwork } from '../network/validate.js';
import type { Bitstream } from './bitstream.js';
import { encodeFrame } from './frames.js';
import {
  FRAME,
  FRAME_KIND,
  FROM_INPUT,
  HEADER,
  INPUT_ENCODING,
  MAX_OPERATORS,
  MAX_OUTPUTS,
  OPERATOR,
  OPERATORS,
  OPERATOR_ACTIVATION,
  OPERATOR_KIND,
  POOL_OPERATION,
  VALUE_FORM,
  WEIGHT_FORM,
  paddedTo4,
} from './layout.js';
import { littleEndianWords } from './little-endian.js';
import { operatorConstants, type OperatorConstants } from './operator-constants.js';
import { windowsOf } from './operator-windows.js';
import type { CircuitShape, EncodedProgram } from './shape.js';

/** @throws FormatError when the network contradicts itself or its memory plan. */
export function operatorFrames({ network, memory }: Bitstream): EncodedProgram {
  checkNetwork(network);
  checkMemory(network, memory);
  const { layers, input } = network;
  const frames: Uint8Array[] = [];
  let end = HEADER.size + FRAME.size + OPERATORS.size + layers.length * OPERATOR.size;
  /** @returns where the payload starts in the file */
  const append = (kind: number, layer: number, payload: Uint8Array): number => {
    frames.push(encodeFrame(kind, layer, payload));
    const offset = end + FRAME.size;
    end = offset + paddedTo4(payload.length);
    return offset;
  };
  const zeroPointsOffset =
    input.zeroPoints === undefined ? 0 : append(FRAME_KIND.zeroPoints, 0, Uint8Array.from(input.zeroPoints));
  const program = new Uint8Array(OPERATORS.size + layers.length * OPERATOR.size);
  const head = new DataView(program.buffer);
  head.setUint32(OPERATORS.arenaBytes, memory.arenaBytes, true);
  head.setUint32(OPERATORS.zeroPointsOffset, zeroPointsOffset, true);
  layers.forEach((layer, index) => {
    const constants = operatorConstants(layer);
    const record = new DataView(program.buffer, OPERATORS.size + index * OPERATOR.size, OPERATOR.size);
    encodeRecord(record, layer, index, constants);
    const { form, offset } = memory.outputs[index];
    record.setUint8(OPERATOR.outputForm, VALUE_FORM[form]);
    record.setUint32(OPERATOR.arenaOffset, offset, true);
    if ('weights' in layer) {
      const [kind, payload] = isBinary(layer.weights)
        ? [FRAME_KIND.weights, littleEndianWords(layer.weights.words)]
        : [FRAME_KIND.integerWeights, paddedRows(layer.weights)];
      record.setUint32(OPERATOR.weightsOffset, append(kind, index, payload), true);
    }
    if (constants.words.length > 0) {
      const offsetInFile = append(FRAME_KIND.constants, index, littleEndianWords(constants.words));
      record.setUint32(OPERATOR.constantsOffset, offsetInFile, true);
    }
  });
  return { shape: networkShape(network), frames: [encodeFrame(FRAME_KIND.operators, 0, program), ...frames] };
}

export const networkShape = ({ input, layers }: Network): CircuitShape => ({
  inputCount: input.count,
  inputBits: input.bits,
  layerCount: layers.length,
  outputCount: outputsOf(layers[layers.length - 1]),
});

/** @throws FormatError `format.bad-value` with what the network contradicts itself in, or with what no bitstream holds. */
export function checkNetwork(network: Network): void {
  const { layers, input } = network;
  const refuse = (what: string, cause?: unknown): never => {
    throw new FormatError('bad-value', `${what} Compile the model again.`, {}, cause);
  };
  if (layers.length > MAX_OPERATORS)
    refuse(`A bitstream has at most ${MAX_OPERATORS} operators, not ${layers.length}.`);
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

function encodeRecord(record: DataView, layer: Layer, index: number, { hasFlags }: OperatorConstants): void {
  record.setUint8(OPERATOR.kind, OPERATOR_KIND[layer.kind]);
  const [source, secondSource] = sourcesOf(layer, index);
  record.setUint8(OPERATOR.source, source < 0 ? FROM_INPUT : source);
  if (layer.kind === 'add') record.setUint8(OPERATOR.secondSource, secondSource < 0 ? FROM_INPUT : secondSource);
  record.setUint8(OPERATOR.hasFlags, hasFlags ? 1 : 0);
  const { inputShape, outputShape, size, stride, padding } = windowsOf(layer);
  [...inputShape, ...outputShape].forEach((extent, at) => {
    record.setUint32(OPERATOR.inputHeight + 4 * at, extent, true);
  });
  [...size, ...stride, ...padding].forEach((extent, at) => {
    if (extent > 0xffff) {
      throw new FormatError(
        'bad-value',
        `Layer ${index}: a window of ${extent} exceeds 65,535. Compile a smaller one.`,
      );
    }
    record.setUint16(OPERATOR.sizeHeight + 2 * at, extent, true);
  });
  if (layer.kind === 'pool') record.setUint8(OPERATOR.operation, POOL_OPERATION[layer.operation]);
  if ('weights' in layer) {
    record.setUint8(OPERATOR.weights, isBinary(layer.weights) ? WEIGHT_FORM.binary : WEIGHT_FORM.integer);
    record.setUint8(OPERATOR.inputEncoding, INPUT_ENCODING[layer.inputEncoding]);
  }
  if (!('activation' in layer)) {
    record.setUint8(OPERATOR.activation, OPERATOR_ACTIVATION.none);
    return;
  }
  const { activation } = layer;
  record.setUint8(OPERATOR.activation, OPERATOR_ACTIVATION[activation.kind]);
  if (activation.kind !== 'threshold') record.setUint8(OPERATOR.shift, activation.shift);
  if (activation.kind === 'requantize') {
    record.setInt32(OPERATOR.minimum, activation.minimum, true);
    record.setInt32(OPERATOR.maximum, activation.maximum, true);
  }
}

/** Every row ends at a multiple of four bytes, so that all rows start at one. */
function paddedRows({ rows, columns, values }: { rows: number; columns: number; values: Int8Array }): Uint8Array {
  const bytes = new Uint8Array(rows * paddedTo4(columns));
  for (let row = 0; row < rows; row++) {
    bytes.set(values.subarray(row * columns, (row + 1) * columns), row * paddedTo4(columns));
  }
  return bytes;
}
