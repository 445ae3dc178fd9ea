import { argmax } from '../../model/oracle.js';
import type { Examples } from '../datasets/dataset.js';
import { hardActivationValues, isBinaryActivation } from '../network/activations.js';
import type { TrainedDense, TrainedLayer, TrainedNetwork } from '../network/trained-network.js';
import { addResidual, convolve, deployedTables, lookUp, plainLayer } from './evaluate-hard-layers.js';

/** Returns the predicted class of every example by the deployed network: see `hardOutputs`. */
export function predictHard(network: TrainedNetwork, examples: Examples): Uint8Array {
  const outputsOf = hardOutputs(network);
  const width = network.input.count;
  return Uint8Array.from({ length: examples.count }, (_, example) =>
    argmax(outputsOf(examples.values.subarray(example * width, (example + 1) * width))),
  );
}

/**
 * Returns the outputs of the deployed network (hard weights and activations) for an example, in plain loops and
 * float64: the obvious reference for the tensor code and for frozen integers, and what accuracies are reported from.
 *
 * With binary weights the weighted sum S is an exact integer. A first-layer bit is decided by the sign of scale * S +
 * bias * divisor: both products of float32 numbers are exact in float64, and rounding their sum cannot change its sign,
 * so the decision is exact too.
 */
export function hardOutputs({ layers, input }: TrainedNetwork): (example: Uint8Array) => Float64Array {
  const run = layers.map(prepare);
  const firstWeighted = layers.findIndex(({ kind }) => kind === 'dense' || kind === 'convolution');
  return (example) => {
    const outputs: Float64Array[] = [];
    run.forEach((layer, index) => {
      const values = index === 0 ? example : outputs[index - 1];
      outputs.push(layer(values, index === firstWeighted ? input.divisor : 1, outputs));
    });
    return outputs[outputs.length - 1];
  };
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
      return (values, _, outputs) => addResidual(layer, weights, values, outputs[layer.from]);
    }
    case 'logic': {
      const tables = deployedTables(layer);
      return (values) => lookUp(tables, values);
    }
    default:
      return (values) => plainLayer(layer, values);
  }
}

/** Returns the fraction of the examples that the deployed network classifies correctly. */
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
