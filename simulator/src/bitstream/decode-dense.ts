import { bitMatrixOfWords } from '../bits/bit-matrix.js';
import type { CountingLayer, CountingShape } from '../network/counting-layer.js';
import { networkOfCounts } from '../network/counts.js';
import type { Network } from '../network/network.js';
import { validateCountingShapes, validateCounts } from '../network/validate-counts.js';
import { badValue, type Frame } from './frames.js';
import { ACTIVATION, FRAME_KIND, HEADER, LAYER, LAYER_KIND } from './layout.js';
import type { CircuitShape } from './shape.js';

/** A network of dense binary layers, from all frames of a bitstream, of which so many configure. */
export function decodeDense(frames: readonly Frame[], shape: CircuitShape, configuring: number): Network {
  const layers = decodeProgram(frames, shape).map((layer, index) => decodeLayer(frames, layer, index));
  validateCounts(layers);
  const expected = 1 + 2 * layers.length;
  if (configuring !== expected) {
    throw badValue(HEADER.frameCount, `holds ${configuring} frames for its program, which needs ${expected}`);
  }
  return networkOfCounts(layers);
}

/** The layers of a program, which is the first frame. */
export function decodeProgram(frames: readonly Frame[], header: CircuitShape): readonly CountingShape[] {
  const program = frames.at(0);
  if (program?.kind !== FRAME_KIND.program) throw badValue(HEADER.size, 'does not start with its program');
  if (program.payload.byteLength !== header.layerCount * LAYER.size) {
    throw badValue(
      program.offset,
      `has a program of ${program.payload.byteLength} bytes for ${header.layerCount} layers`,
    );
  }
  const layers = Array.from({ length: header.layerCount }, (_, index): CountingShape => {
    const at = index * LAYER.size;
    const u8 = (field: number): number => program.payload.getUint8(at + field);
    const u32 = (field: number): number => program.payload.getUint32(at + field, true);
    if (u32(LAYER.reserved) !== 0) throw badValue(program.offset + at, `has a layer ${index} with reserved bits set`);
    const activation = u8(LAYER.activation);
    if (u8(LAYER.kind) !== LAYER_KIND.dense)
      throw badValue(program.offset + at, `has a layer of kind ${u8(LAYER.kind)}`);
    if (activation !== ACTIVATION.threshold && activation !== ACTIVATION.integer) {
      throw badValue(program.offset + at, `has an activation ${activation}`);
    }
    if (u32(LAYER.wordsPerRow) !== Math.ceil(u32(LAYER.inputs) / 32)) {
      throw badValue(program.offset + at, `has ${u32(LAYER.wordsPerRow)} words per row in layer ${index}`);
    }
    return {
      activation: activation === ACTIVATION.threshold ? 'threshold' : 'integer',
      inputs: u32(LAYER.inputs),
      outputs: u32(LAYER.outputs),
      inputBits: u8(LAYER.inputBits),
      shift: u8(LAYER.shift),
    };
  });
  validateCountingShapes(layers);
  const [first] = layers;
  const last = layers[layers.length - 1];
  if (
    first.inputs !== header.inputCount ||
    first.inputBits !== header.inputBits ||
    last.outputs !== header.outputCount
  ) {
    throw badValue(HEADER.inputCount, 'has a header and a program that disagree');
  }
  return layers;
}

/** A layer of that shape with its numbers, from all frames of a bitstream or those of the layer. */
export function decodeLayer(frames: readonly Frame[], layer: CountingShape, index: number): CountingLayer {
  const find = (name: 'weights' | 'thresholds' | 'offsets', count: number): Uint32Array => {
    const frame = frames.find((candidate) => candidate.kind === FRAME_KIND[name] && candidate.layer === index);
    if (!frame) throw badValue(HEADER.size, `has no ${name} for layer ${index}`);
    if (frame.payload.byteLength !== count * 4) {
      throw badValue(
        frame.offset,
        `has ${frame.payload.byteLength} bytes of ${name} for layer ${index}, not ${count * 4}`,
      );
    }
    return Uint32Array.from({ length: count }, (_, word) => frame.payload.getUint32(word * 4, true));
  };
  const wordsPerRow = Math.ceil(layer.inputs / 32);
  const words = find('weights', layer.outputs * wordsPerRow);
  const weights = bitMatrixOfWords(layer.outputs, layer.inputs, words);
  if (!words.every((word, at) => word === weights.words[at])) {
    throw badValue(HEADER.size, `sets weight bits beyond the last input of layer ${index}`);
  }
  return layer.activation === 'threshold'
    ? { ...layer, weights, thresholds: find('thresholds', layer.outputs), offsets: new Int32Array() }
    : { ...layer, weights, thresholds: new Uint32Array(), offsets: Int32Array.from(find('offsets', layer.outputs)) };
}
