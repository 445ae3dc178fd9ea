import {
  createOracle,
  valuesOfInput,
  outputShapeOf,
  sourcesOf,
  votesOf,
  type ConvolutionLayer,
  type DenseLayer,
  type Layer,
  type Network,
  type PictureShape,
  type ThresholdActivation,
  type Votes,
} from '@adiabit/simulator/network';
import { answerOf, distance, type Answer } from './answer.js';

/** A bit of a threshold layer, and how far its sum is from turning it. */
export interface BitExplanation {
  readonly y: number;
  readonly x: number;
  readonly channel: number;
  /** What the sum is made of, where the layer has weights. */
  readonly votes?: Votes;
  readonly sum: number;
  readonly threshold: number;
  /** sum - threshold. */
  readonly margin: number;
  /** 1 for a margin of 0 or more; the other way round in channels that are inverted. */
  readonly bit: number;
}

/** What a layer of any kind made of one input. Values stand row by row, the channels of one place together. */
export interface LayerExplanation {
  readonly layer: number;
  readonly kind: Layer['kind'];
  /** The layers whose values it took; -1 is the input. */
  readonly from: readonly number[];
  readonly shape: PictureShape;
  /** The sums before the activation. */
  readonly sums: Int32Array;
  readonly values: Int32Array;
  /** The range of values, of a layer that requantizes. */
  readonly limits?: { readonly minimum: number; readonly maximum: number };
  /** The bits of a threshold layer. */
  readonly bits?: {
    /** For each value, sum - threshold. */
    readonly margins: Int32Array;
    /** The bits that the least change would flip, nearest first. */
    readonly nearest: readonly BitExplanation[];
  };
}

export interface OutputExplanation {
  readonly class: number;
  readonly sum: number;
  readonly offset: number;
  /** sum * 2^shift + offset. */
  readonly output: number;
}

/** Why a network answers an input as it does. */
export interface Explanation extends Answer {
  /** All but the last, which gives the outputs. */
  readonly layers: readonly LayerExplanation[];
  readonly outputs: readonly OutputExplanation[];
}

/**
 * Explains what a network computes of one input, layer by layer.
 * @param most bits named of each threshold layer
 * @throws DataError `data.shape-mismatch` for an input of another length
 */
export function explain(network: Network, input: Uint8Array, most: number): Explanation {
  const trace = createOracle(network)(input);
  const start = valuesOfInput(network.input, input);
  const explained = network.layers.map((layer, index): LayerExplanation => {
    const from = sourcesOf(layer, index);
    const [sums, values] = [trace.sums[index], trace.values[index]];
    const about = { layer: index, kind: layer.kind, from, shape: outputShapeOf(layer), sums, values };
    if (!('activation' in layer)) return about;
    const { activation } = layer;
    switch (activation.kind) {
      case 'integer':
        return about;
      case 'requantize':
        return { ...about, limits: { minimum: activation.minimum, maximum: activation.maximum } };
      case 'threshold': {
        const before = from[0] < 0 ? start : trace.values[from[0]];
        return { ...about, bits: bitsOf({ layer, activation }, before, about, most) };
      }
    }
  });
  const last = network.layers.length - 1;
  return { layers: explained.slice(0, last), outputs: outputsOf(network, explained[last]), ...answerOf(trace.outputs) };
}

type WithActivation = Extract<Layer, { readonly activation: unknown }>;

function bitsOf(
  { layer, activation }: { readonly layer: WithActivation; readonly activation: ThresholdActivation },
  before: Int32Array,
  { shape: [, width, channels], sums, values }: Pick<LayerExplanation, 'shape' | 'sums' | 'values'>,
  most: number,
): NonNullable<LayerExplanation['bits']> {
  const { thresholds } = activation;
  const margins = sums.map((sum, index) => sum - thresholds[index % channels]);
  const order = [...margins.keys()].sort((one, other) => distance(margins[one]) - distance(margins[other]));
  const nearest = order.slice(0, most).map((index): BitExplanation => {
    const channel = index % channels;
    const place = (index - channel) / channels;
    return {
      y: Math.floor(place / width),
      x: place % width,
      channel,
      ...(hasWeights(layer) ? { votes: votesOf(layer, before, index) } : {}),
      sum: sums[index],
      threshold: thresholds[channel],
      margin: margins[index],
      bit: values[index],
    };
  });
  return { margins, nearest };
}

const hasWeights = (layer: WithActivation): layer is DenseLayer | ConvolutionLayer => 'weights' in layer;

function outputsOf({ layers }: Network, { sums, values }: LayerExplanation): readonly OutputExplanation[] {
  const last = layers[layers.length - 1];
  const offsets = 'activation' in last && last.activation.kind === 'integer' ? last.activation.offsets : undefined;
  return Array.from(values, (output, index) => ({
    class: index,
    sum: sums[index],
    offset: offsets?.[index % offsets.length] ?? 0,
    output,
  }));
}
