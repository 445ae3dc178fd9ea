import type * as tensorflow from '@tensorflow/tfjs';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { channelsOf, type Layer } from '../src/train/network/layers.js';
import type { ActivationName } from '../src/train/network/trained-network.js';

/** The whole library, layers included. */
export type Tensorflow = typeof tensorflow;

type StockLayer = InstanceType<Tensorflow['layers']['Layer']>;

const activations = {
  tanh: 'tanh',
  'rectified-tanh': 'relu',
  sigmoid: 'sigmoid',
  'hard-tanh': 'tanh',
  'clipped-linear': 'hardSigmoid',
  relu: 'relu',
} as const;

function activationOf(name: ActivationName): 'linear' | (typeof activations)[keyof typeof activations] {
  return name === 'none' ? 'linear' : activations[name];
}

/** The same layers, real-valued, as a user of TensorFlow.js writes them, ready for `fit`; inputs come prepared. */
export function stockModel(tf: Tensorflow, layers: readonly Layer[]): LayersModel {
  const input = tf.input({ shape: [...layers[0].inputShape] });
  const outputs: SymbolicTensor[] = [];
  layers.forEach((layer, index) => {
    const before = index === 0 ? input : outputs[index - 1];
    const after = stockLayers(tf, layer, index === layers.length - 1, before, outputs);
    outputs.push(layer.dropout > 0 ? apply(tf.layers.dropout({ rate: layer.dropout }), after) : after);
  });
  const model = tf.model({ inputs: input, outputs: outputs[outputs.length - 1] });
  model.compile({ optimizer: tf.train.adam(1e-3, 0.9, 0.999, 1e-7), loss: 'categoricalCrossentropy' });
  return model;
}

function stockLayers(
  tf: Tensorflow,
  layer: Layer,
  isLast: boolean,
  before: SymbolicTensor,
  outputs: readonly SymbolicTensor[],
): SymbolicTensor {
  switch (layer.kind) {
    case 'dense': {
      const activation = isLast ? 'softmax' : activationOf(layer.activation);
      return apply(tf.layers.dense({ units: layer.outputs, activation }), before);
    }
    case 'convolution': {
      const shape = { kernelSize: [...layer.size], strides: [...layer.stride], padding: layer.padding };
      const filters = channelsOf(layer.outputShape);
      return apply(tf.layers.conv2d({ ...shape, filters, useBias: false }), before);
    }
    case 'add': {
      const earlier = outputs[layer.from];
      const shape = { kernelSize: 1, strides: layer.stride, padding: 'same', useBias: false } as const;
      const filters = channelsOf(layer.outputShape);
      const shortcut = layer.stride === 0 ? earlier : apply(tf.layers.conv2d({ ...shape, filters }), earlier);
      return tf.layers.add().apply([before, shortcut]) as SymbolicTensor;
    }
    case 'max-pool':
      return apply(tf.layers.maxPooling2d({ poolSize: [...layer.size], strides: [...layer.stride] }), before);
    case 'average-pool':
      return apply(tf.layers.averagePooling2d({ poolSize: [...layer.size], strides: [...layer.stride] }), before);
    case 'global-average-pool':
      return apply(tf.layers.globalAveragePooling2d({}), before);
    case 'flatten':
      return apply(tf.layers.flatten(), before);
    case 'activation':
      return apply(tf.layers.activation({ activation: activationOf(layer.activation) }), before);
    case 'batch-norm':
      return apply(tf.layers.batchNormalization(), before);
    case 'dropout':
    case 'mu-law':
    case 'standardize':
    case 'normalize':
    case 'thermometer':
    case 'logic':
    case 'group-sum':
      return before;
  }
}

function apply(layer: StockLayer, input: SymbolicTensor): SymbolicTensor {
  return layer.apply(input) as SymbolicTensor;
}
