import type { Bitstream } from '@adiabit/simulator/bitstream';
import { DataError } from '@adiabit/simulator/errors';
import {
  inputsOf,
  isBinary,
  outputShapeOf,
  outputsOf,
  sourcesOf,
  type Activation,
  type Layer,
  type Network,
  type PictureShape,
} from '@adiabit/simulator/network';
import { boardFits } from '@adiabit/sdk/workflow';
import { manifestOf, namesFile } from '@adiabit/sdk/signature';
import type { LayerFacts, NetworkFacts } from '../../../common/contract/circuits.js';
import { MAX_WEIGHT_BYTES } from '../../../common/limits.js';

/** Says what a bitstream holds. Nothing is built for it. */
export function describeNetwork(
  entry: string,
  bytes: Uint8Array,
  bitstream: Bitstream,
  boardsFolder?: string,
): NetworkFacts {
  const { network, goldenVectors, description } = bitstream;
  const { trainedOn } = description;
  const signature = readSignature(bytes);
  const shape = inputPicture(network, trainedOn?.kind === 'picture' ? trainedOn.shape : undefined);
  return {
    entry,
    name: description.name,
    compiler: description.compiler,
    bytes: bytes.length,
    goldenVectors: goldenVectors.length,
    input: {
      count: network.input.count,
      bits: network.input.bits,
      isPrepared: network.input.preparation !== undefined,
      ...(shape === undefined ? {} : { shape }),
      ...(trainedOn === undefined ? {} : { kind: trainedOn.kind }),
      ...(trainedOn?.sampleRateHz === undefined ? {} : { sampleRateHz: trainedOn.sampleRateHz }),
    },
    classes: outputsOf(network.layers[network.layers.length - 1]),
    ...(trainedOn?.classNames === undefined ? {} : { classNames: trainedOn.classNames }),
    ...(signature === undefined ? {} : { signature }),
    ...boardFits(bitstream, bytes.length, boardsFolder),
    layers: network.layers.map((layer, index) => layerFacts(network, layer, index, shape)),
  };
}

/** Reads what the manifest claims, and whether it is that of this file. Who signed it, only a key can tell. */
function readSignature(bytes: Uint8Array): NetworkFacts['signature'] {
  const manifest = manifestOf(bytes);
  return manifest && { keyId: manifest.keyId, namesThisFile: namesFile(manifest, bytes) };
}

/** The picture that the input is: as it was trained on, as the first layer takes it, or a square where the number is one. */
function inputPicture({ input, layers }: Network, trainedOn?: readonly number[]): PictureShape | undefined {
  const [first] = layers;
  if (first.kind !== 'dense') return first.inputShape;
  if (trainedOn?.length === 2 || trainedOn?.length === 3) {
    const [height, width, channels = 1] = trainedOn;
    if (height * width * channels === input.count) return [height, width, channels];
  }
  const side = Math.sqrt(input.count);
  return side >= 5 && Number.isInteger(side) ? [side, side, 1] : undefined;
}

function layerFacts(network: Network, layer: Layer, index: number, shape: PictureShape | undefined): LayerFacts {
  const sources = sourcesOf(layer, index);
  return {
    index,
    kind: layer.kind,
    sources,
    inputShape: layer.kind === 'dense' ? denseInput(network, layer.inputs, sources[0], shape) : layer.inputShape,
    outputShape: outputShapeOf(layer),
    ...weightFacts(network, layer, sources[0], shape),
    ...('activation' in layer ? { activation: layer.activation.kind } : {}),
    fields: fieldsOf(layer),
    constants: 'activation' in layer ? constantsOf(layer.activation) : {},
  };
}

/** The shape of what a dense layer reads: that of its source. */
function denseInput(network: Network, inputs: number, source: number, shape: PictureShape | undefined): PictureShape {
  const given = source < 0 ? shape : outputShapeOf(network.layers[source]);
  return given ?? [1, 1, inputs];
}

function weightFacts(
  network: Network,
  layer: Layer,
  source: number,
  shape: PictureShape | undefined,
): Pick<LayerFacts, 'weights'> {
  if (layer.kind !== 'dense' && layer.kind !== 'convolution') return {};
  const { weights } = layer;
  const tile: PictureShape =
    layer.kind === 'convolution'
      ? [layer.size[0], layer.size[1], layer.inputShape[2]]
      : denseInput(network, layer.inputs, source, shape);
  const form = isBinary(weights) ? 'binary' : 'integer';
  return { weights: { form, rows: weights.rows, columns: weights.columns, tile } };
}

function fieldsOf(layer: Layer): readonly (readonly [string, string])[] {
  const fields: [string, string][] = [];
  const times = (pair: readonly number[]): string => pair.join(' × ');
  if (layer.kind === 'convolution' || layer.kind === 'pool') {
    fields.push(['Window', times(layer.size)], ['Stride', times(layer.stride)]);
  }
  if (layer.kind === 'convolution') fields.push(['Padding', times(layer.padding)]);
  if (layer.kind === 'pool') fields.push(['Takes', layer.operation === 'sum' ? 'the sum' : 'the extreme']);
  if (layer.kind === 'dense' || layer.kind === 'convolution') {
    const { weights, inputEncoding } = layer;
    fields.push(['Inputs', inputEncoding === 'bipolar' ? '+1 and −1' : 'integers from 0']);
    fields.push(['Weights', isBinary(weights) ? '+1 and −1' : '−127 … 127']);
  }
  if (layer.kind === 'add')
    fields.push(['Adds layers', layer.from.map((from) => (from < 0 ? 'input' : from)).join(' and ')]);
  if ('activation' in layer) {
    const { activation } = layer;
    fields.push(['Activation', activation.kind]);
    if (activation.kind !== 'threshold') fields.push(['Shift', String(activation.shift)]);
    if (activation.kind === 'requantize') fields.push(['Clamped to', `${activation.minimum} … ${activation.maximum}`]);
    if (activation.kind === 'threshold' && activation.inverted !== undefined)
      fields.push(['Inverted', `${activation.inverted.filter((one) => one === 1).length} channels`]);
  }
  fields.push(['Reads', `${inputsOf(layer)} values`], ['Gives', `${outputsOf(layer)} values`]);
  return fields;
}

function constantsOf(activation: Activation): Readonly<Record<string, readonly number[]>> {
  switch (activation.kind) {
    case 'threshold':
      return { thresholds: [...activation.thresholds] };
    case 'integer':
      return { offsets: [...activation.offsets] };
    case 'requantize':
      return { multipliers: [...activation.multipliers], offsets: [...activation.offsets] };
  }
}

/**
 * Returns rows of the weights of a layer, as `readWeights` of the contract says.
 * @throws DataError `data.not-found` for a layer without weights or rows that there are not, or for too many at once
 */
export function readWeights(network: Network, index: number, from: number, to: number): Uint8Array {
  const layer = network.layers.at(index);
  if (layer?.kind !== 'dense' && layer?.kind !== 'convolution') {
    throw new DataError('not-found', `Layer ${index} has no weights.`, { layer: index });
  }
  const { weights } = layer;
  const rowBytes = isBinary(weights) ? Math.ceil(weights.columns / 8) : weights.columns;
  if (to < from || to > weights.rows || (to - from) * rowBytes > MAX_WEIGHT_BYTES) {
    const message = `Layer ${index} has ${weights.rows} rows of ${rowBytes} bytes; at most ${MAX_WEIGHT_BYTES} bytes can be had at once.`;
    throw new DataError('not-found', message, { layer: index, from, to });
  }
  if (!isBinary(weights)) return new Uint8Array(weights.values.slice(from * rowBytes, to * rowBytes));
  const bytes = new Uint8Array((to - from) * rowBytes);
  for (let row = from; row < to; row++) {
    for (let at = 0; at < rowBytes; at++) {
      bytes[(row - from) * rowBytes + at] = weights.words[row * weights.wordsPerRow + (at >>> 2)] >>> (8 * (at & 3));
    }
  }
  return bytes;
}
