import type { Examples } from '../datasets/dataset.js';
import { hardActivationValues, isBinaryActivation } from '../network/activations.js';
import type { TrainedDense, TrainedLayer, TrainedNetwork } from '../network/trained-network.js';
import { addEarlier, convolve, plainLayer } from './evaluate-hard-layers.js';

/**
 * The predicted class of every example by the deployed network (hard weights and activations), in plain loops and
 * float64: the obvious reference for the tensor code, and what accuracies are reported from.
 *
 * With binary weights the weighted sum S is an exact integer. A first-layer bit is decided by the sign of
 * scale * S + bias * divisor: both products of float32 numbers are exact in float64, and rounding their sum cannot
 * change its sign, so the decision is exact too.
 */
export function predictHard(network: TrainedNetwork, examples: Examples): Uint8Array {
  const run = network.layers.map(prepare);
  const predictions = new Uint8Array(examples.count);
  const width = network.input.count;
  const firstWeighted = network.layers.findIndex(({ kind }) => kind === 'dense' || kind === 'convolution');
  for (let example = 0; example < examples.count; example++) {
    const outputs: ArrayLike<number>[] = [];
    run.forEach((layer, index) => {
      const values =
        index === 0 ? examples.values.subarray(example * width, (example + 1) * width) : outputs[index - 1];
      outputs.push(layer(values, index === firstWeighted ? network.input.divisor : 1, outputs));
    });
    predictions[example] = indexOfMaximum(outputs[outputs.length - 1]);
  }
  return predictions;
}

/** A layer as a function of its input values, what to divide a weighted sum by, and all earlier outputs. */
type HardLayer = (values: ArrayLike<number>, divisor: number, outputs: readonly ArrayLike<number>[]) => Float64Array;

function prepare(layer: TrainedLayer): HardLayer {
  switch (layer.kind) {
    case 'dense': {
      const weights = deployedWeights(layer);
      return (values, divisor) => denseLayer(layer, weights, values, divisor);
    }
    case 'convolution': {
      const weights = deployedWeights(layer);
      return (values, divisor) => convolve(layer, weights, values, divisor);
    }
    case 'add': {
      const weights = deployedWeights(layer);
      return (values, _, outputs) => addEarlier(layer, weights, values, outputs[layer.from]);
    }
    default:
      return (values) => plainLayer(layer, values);
  }
}

/** Fraction of the examples that the deployed network classifies correctly. */
export function evaluateHard(network: TrainedNetwork, examples: Examples): number {
  const predictions = predictHard(network, examples);
  let correct = 0;
  for (let index = 0; index < examples.count; index++) if (predictions[index] === examples.labels[index]) correct++;
  return correct / examples.count;
}

function deployedWeights({ kernel, binaryWeights }: Pick<TrainedDense, 'kernel' | 'binaryWeights'>): Float32Array {
  return binaryWeights ? kernel.map((latent) => (latent >= 0 ? 1 : -1)) : kernel;
}

function denseLayer(
  { inputs, outputs, scale, bias, activation }: TrainedDense,
  weights: Float32Array,
  values: ArrayLike<number>,
  divisor: number,
): Float64Array {
  const sums = new Float64Array(outputs);
  for (let input = 0; input < inputs; input++) {
    const value = values[input];
    if (value === 0) continue;
    const row = input * outputs;
    for (let output = 0; output < outputs; output++) sums[output] += value * weights[row + output];
  }
  // divisor times the pre-activation: see above why its sign is exact.
  for (let output = 0; output < outputs; output++) {
    const scaledUp = scale * sums[output] + bias[output] * divisor;
    if (isBinaryActivation(activation)) {
      const { fires, rests } = hardActivationValues[activation];
      sums[output] = scaledUp >= 0 ? fires : rests;
    } else {
      const real = scaledUp / divisor;
      sums[output] = activation === 'relu' ? Math.max(real, 0) : real;
    }
  }
  return sums;
}

/** The first of equal maxima, as argmax in the tensor library and in the integer oracle. */
function indexOfMaximum(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index] > values[best]) best = index;
  return best;
}
