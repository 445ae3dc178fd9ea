import type { CountingLayer, CountingShape } from '../network/counting-layer.js';
import { countsOf } from '../network/counts.js';
import type { Network } from '../network/network.js';
import { validateCounts } from '../network/validate-counts.js';
import { encodeFrame } from './frames.js';
import { ACTIVATION, FRAME_KIND, LAYER, LAYER_KIND } from './layout.js';
import { littleEndianWords } from './little-endian.js';
import type { CircuitShape, EncodedProgram } from './shape.js';

/**
 * @throws FormatError `format.bad-value` when the network contradicts itself; CompileError `compile.unsupported` when it is not dense
 * and binary
 */
export function denseFrames(network: Network): EncodedProgram {
  const layers = countsOf(network);
  validateCounts(layers);
  const frames = [encodeFrame(FRAME_KIND.program, 0, programPayload(layers))];
  layers.forEach(({ activation, weights, thresholds, offsets }, layer) => {
    frames.push(encodeFrame(FRAME_KIND.weights, layer, littleEndianWords(weights.words)));
    if (activation === 'threshold') {
      frames.push(encodeFrame(FRAME_KIND.thresholds, layer, littleEndianWords(thresholds)));
    } else {
      frames.push(encodeFrame(FRAME_KIND.offsets, layer, littleEndianWords(offsets)));
    }
  });
  return { shape: shapeOf(layers), frames };
}

function shapeOf(layers: readonly CountingLayer[]): CircuitShape {
  const [first] = layers;
  return {
    inputCount: first.inputs,
    inputBits: first.inputBits,
    layerCount: layers.length,
    outputCount: layers[layers.length - 1].outputs,
  };
}

/** The payload of the program frame: a record per layer. */
export function programPayload(layers: readonly CountingShape[]): Uint8Array {
  const bytes = new Uint8Array(layers.length * LAYER.size);
  const view = new DataView(bytes.buffer);
  layers.forEach((layer, index) => {
    const at = index * LAYER.size;
    view.setUint8(at + LAYER.kind, LAYER_KIND.dense);
    view.setUint8(at + LAYER.activation, ACTIVATION[layer.activation]);
    view.setUint8(at + LAYER.inputBits, layer.inputBits);
    view.setUint8(at + LAYER.shift, layer.shift);
    view.setUint32(at + LAYER.inputs, layer.inputs, true);
    view.setUint32(at + LAYER.outputs, layer.outputs, true);
    view.setUint32(at + LAYER.wordsPerRow, Math.ceil(layer.inputs / 32), true);
  });
  return bytes;
}
