import { countLayers, type Bitstream } from '@adiabit/simulator';
import { answerOf, distance, type Answer } from './answer.js';

/** A neuron of a threshold layer: it fires when its count reaches the threshold. */
export interface NeuronExplanation {
  readonly neuron: number;
  /** Inputs that agree with their weights; of inputs of several bits, the sum over planes, each with its worth. */
  readonly count: number;
  readonly threshold: number;
  /** count - threshold: 0 or more fires, and how far it is from not doing so. */
  readonly margin: number;
  readonly fires: boolean;
}

export interface LayerExplanation {
  readonly layer: number;
  readonly neurons: readonly NeuronExplanation[];
}

export interface OutputExplanation {
  readonly class: number;
  readonly count: number;
  readonly offset: number;
  /** (count << shift) + offset. */
  readonly output: number;
}

/** Why a circuit answers an input as it does. */
export interface Explanation extends Answer {
  readonly layers: readonly LayerExplanation[];
  readonly outputs: readonly OutputExplanation[];
}

/** @throws DataError `data.shape-mismatch` for an input of another length */
export function explain({ architecture, configuration }: Bitstream, input: Uint8Array): Explanation {
  const counted = countLayers(architecture, configuration, input);
  const last = counted.length - 1;
  const layers = counted.slice(0, last).map(({ accumulators }, layer) => ({
    layer,
    neurons: Array.from(accumulators, (count, neuron) => {
      const threshold = configuration[layer].thresholds[neuron];
      return { neuron, count, threshold, margin: count - threshold, fires: count >= threshold };
    }),
  }));
  const outputs = Array.from(counted[last].outputs, (output, label) => ({
    ...{ class: label, count: counted[last].accumulators[label], offset: configuration[last].offsets[label], output },
  }));
  return { layers, outputs, ...answerOf(counted[last].outputs) };
}

/** The neurons of a layer that the least change would turn, nearest first. */
export const nearest = ({ neurons }: LayerExplanation, most: number): readonly NeuronExplanation[] =>
  [...neurons].sort((one, other) => distance(one.margin) - distance(other.margin)).slice(0, most);
