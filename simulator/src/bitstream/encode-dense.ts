import { validateArchitecture, type Architecture } from '../fabric/architecture.js';
import { validateConfiguration } from '../fabric/configuration.js';
import type { Bitstream } from './bitstream.js';
import type { EncodedProgram } from './encode.js';
import { encodeFrame } from './frames.js';
import { ACTIVATION, FRAME_KIND, LAYER, LAYER_KIND } from './layout.js';
import { littleEndianWords } from './little-endian.js';
import type { CircuitShape } from './shape.js';

/** @throws FormatError when architecture and configuration do not fit each other. */
export function denseFrames({ architecture, configuration }: Bitstream): EncodedProgram {
  validateArchitecture(architecture);
  validateConfiguration(architecture, configuration);
  const frames = [encodeFrame(FRAME_KIND.program, 0, programPayload(architecture))];
  configuration.forEach(({ weights, thresholds, offsets }, layer) => {
    frames.push(encodeFrame(FRAME_KIND.weights, layer, littleEndianWords(weights.words)));
    if (architecture.layers[layer].activation === 'threshold') {
      frames.push(encodeFrame(FRAME_KIND.thresholds, layer, littleEndianWords(thresholds)));
    } else {
      frames.push(encodeFrame(FRAME_KIND.offsets, layer, littleEndianWords(offsets)));
    }
  });
  return { shape: shapeOf(architecture), frames };
}

export function shapeOf({ layers }: Architecture): CircuitShape {
  const [first] = layers;
  return {
    inputCount: first.inputs,
    inputBits: first.inputBits,
    layerCount: layers.length,
    outputCount: layers[layers.length - 1].outputs,
  };
}

/** The payload of the program frame: a record per layer. */
export function programPayload(architecture: Architecture): Uint8Array {
  const bytes = new Uint8Array(architecture.layers.length * LAYER.size);
  const view = new DataView(bytes.buffer);
  architecture.layers.forEach((layer, index) => {
    const at = index * LAYER.size;
    view.setUint8(at + LAYER.kind, LAYER_KIND[layer.kind]);
    view.setUint8(at + LAYER.activation, ACTIVATION[layer.activation]);
    view.setUint8(at + LAYER.inputBits, layer.inputBits);
    view.setUint8(at + LAYER.shift, layer.shift);
    view.setUint32(at + LAYER.inputs, layer.inputs, true);
    view.setUint32(at + LAYER.outputs, layer.outputs, true);
    view.setUint32(at + LAYER.wordsPerRow, Math.ceil(layer.inputs / 32), true);
  });
  return bytes;
}
