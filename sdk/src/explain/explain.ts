import { countLayers, type Bitstream } from '@adiabit/simulator';
import { argmax } from '../model/oracle.js';

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
export interface Explanation {
  readonly layers: readonly LayerExplanation[];
  readonly outputs: readonly OutputExplanation[];
  readonly class: number;
  /** The class that would have been next, and by how much it was missed; absent for a single output. */
  readonly next?: { readonly class: number; readonly behind: number };
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
  const winner = argmax(counted[last].outputs);
  const rivals = outputs.filter((one) => one.class !== winner);
  if (rivals.length === 0) return { layers, outputs, class: winner };
  const next = rivals[argmax(rivals.map(({ output }) => output))];
  return { layers, outputs, class: winner, next: { class: next.class, behind: outputs[winner].output - next.output } };
}

/** The neurons of a layer that the least change would turn, nearest first. */
export const nearest = ({ neurons }: LayerExplanation, most: number): readonly NeuronExplanation[] =>
  [...neurons].sort((one, other) => distance(one) - distance(other)).slice(0, most);

/** Counts until the neuron turns: one that fires has to lose its margin and one more. */
const distance = ({ margin, fires }: NeuronExplanation): number => (fires ? margin + 1 : -margin);
