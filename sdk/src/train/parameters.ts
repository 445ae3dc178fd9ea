import type { DenseLayer, NetworkSpec } from './network.js';
import { resolveLayers } from './network.js';
import type { Random } from './random.js';
import type { TrainedNetwork } from './trained-network.js';

/** The trainable numbers of one layer, on the host, in float32. */
export interface LayerParameters {
  /** Latent weights, inputs x outputs, row-major. */
  readonly kernel: Float32Array;
  /** One number. Trained in layers with binary weights; fixed at 1 in the others. */
  readonly scale: Float32Array;
  /** One number per output. */
  readonly bias: Float32Array;
}

export type NetworkParameters = readonly LayerParameters[];

/** Half the width of the initial kernel's uniform distribution, as in the authors' code. */
const initialKernelBound = 0.1;

/** Kernels uniform in [-0.1, 0.1), scales 1, biases 0. */
export function initialParameters(layers: readonly DenseLayer[], random: Random): NetworkParameters {
  return layers.map(({ inputs, outputs }) => ({
    kernel: Float32Array.from({ length: inputs * outputs }, () =>
      random.uniform(-initialKernelBound, initialKernelBound),
    ),
    scale: Float32Array.of(1),
    bias: new Float32Array(outputs),
  }));
}

/** The arrays that training changes, in a fixed order: per layer kernel, bias and, with binary weights, scale. */
export function trainableArrays(layers: readonly DenseLayer[], parameters: NetworkParameters): Float32Array[] {
  return layers.flatMap(({ binaryWeights }, index) => {
    const { kernel, bias, scale } = parameters[index];
    return binaryWeights ? [kernel, bias, scale] : [kernel, bias];
  });
}

export function copyParameters(parameters: NetworkParameters): NetworkParameters {
  return parameters.map(({ kernel, scale, bias }) => ({
    kernel: kernel.slice(),
    scale: scale.slice(),
    bias: bias.slice(),
  }));
}

/** The network as plain numbers, ready to freeze. The arrays are copies. */
export function toTrainedNetwork(spec: NetworkSpec, parameters: NetworkParameters): TrainedNetwork {
  const copies = copyParameters(parameters);
  return {
    name: spec.name,
    input: { count: spec.inputs, bits: spec.inputBits, divisor: spec.divisor },
    layers: resolveLayers(spec).map((layer, index) => ({
      kind: 'dense',
      inputs: layer.inputs,
      outputs: layer.outputs,
      binaryWeights: layer.binaryWeights,
      kernel: copies[index].kernel,
      scale: copies[index].scale[0],
      bias: copies[index].bias,
      activation: layer.activation,
      binaryActivation: layer.binaryActivation,
    })),
  };
}
