import * as tf from '@tensorflow/tfjs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { TensorLibrary } from './library.js';
import { adiabaticLayers } from './layers/factories.js';
import { binarize } from './binarize.js';
import { sharpnessOf } from './sharpness.js';
import { everyLayerModel, lineModel, scatterWeights, toyInputs } from './testing/toy-models.js';

await tf.setBackend('cpu');
const { layers } = tf;

describe('binarize', () => {
  it('keeps what kind of model it is, its names, and the model itself', () => {
    const line = lineModel(tf);
    const made = binarize(tf, line, { mode: 'both' });
    expect(made).toBeInstanceOf(tf.Sequential);
    expect(made.layers.map(({ name }) => name)).toEqual(line.layers.map(({ name }) => name));
    expect(line.layers[0].getClassName()).toBe('Conv1D');
    const graph = everyLayerModel(tf, 'tanh');
    const other = binarize(tf, graph, { mode: 'both' });
    expect(other.layers.map(({ name }) => name)).toEqual(graph.layers.map(({ name }) => name));
    expect(other).not.toBeInstanceOf(tf.Sequential);
  });

  it.each([
    ['real', { kWeight: Infinity, kActivation: Infinity }],
    ['weights', { kWeight: 3, kActivation: Infinity }],
    ['activations', { kWeight: Infinity, kActivation: 3 }],
    ['both', { kWeight: 3, kActivation: 3 }],
  ] as const)('makes binary what mode %s says', (mode, sharpness) => {
    expect(sharpnessOf(binarize(tf, lineModel(tf), { mode }))).toEqual(sharpness);
  });

  it('leaves layers real by their names', () => {
    const model = tf.sequential({
      layers: [
        layers.dense({ units: 4, activation: 'relu', inputShape: [6], name: 'first' }),
        layers.dense({ units: 2, activation: 'softmax', name: 'last' }),
      ],
    });
    const made = binarize(tf, model, { mode: 'both', keepReal: ['first'] });
    expect(made.layers.map(({ weights }) => weights.length)).toEqual([2, 3]);
    expect(() => binarize(tf, model, { mode: 'both', keepReal: ['frist'] })).toThrow(
      /no layer "frist"; it has first, last/,
    );
  });

  it('computes what the trained model did, when its weights are taken from it', () => {
    const model = lineModel(tf);
    scatterWeights(tf, model, 5);
    const examples = toyInputs(tf, [4, 30, 3], 6);
    const difference = (mode: 'weights' | 'real', weights: 'new' | 'from-real'): number => {
      const made = binarize(tf, model, { mode, weights });
      const predicted = [model, made].map((one) => one.predict(examples) as tf.Tensor);
      return tf.max(tf.abs(tf.sub(predicted[0], predicted[1]))).dataSync()[0];
    };
    expect(difference('real', 'new')).toBe(0);
    expect(difference('weights', 'from-real')).toBeLessThan(1e-4);
    expect(difference('weights', 'new')).toBeGreaterThan(1e-3);
  });

  it('takes layers of adiabaticLayers as they are', () => {
    const own = adiabaticLayers(tf);
    const made = binarize(
      tf,
      tf.sequential({
        layers: [
          own.dense({ units: 4, activation: 'hard-tanh', inputShape: [6], binaryWeights: false }),
          layers.dense({ units: 2 }),
        ],
      }),
      { mode: 'both' },
    );
    expect(made.layers.map((layer) => [layer.getConfig()['activation'], layer.getConfig()['binaryWeights']])).toEqual([
      ['hard-tanh', false],
      ['linear', true],
    ]);
  });
});

/** A model of pictures with some layers before its end. */
const withLayers = (...some: tf.layers.Layer[]): tf.Sequential =>
  tf.sequential({ layers: [...some, layers.flatten(), layers.dense({ units: 2, activation: 'softmax' })] });
const inputShape = [8, 8, 2];
const picture = (args: object = {}) => layers.conv2d({ filters: 3, kernelSize: 3, inputShape, name: 'it', ...args });

const refused: readonly (readonly [string, () => tf.LayersModel, RegExp])[] = [
  [
    'leakyReLU',
    () => withLayers(picture({ name: 'a' }), layers.leakyReLU({ name: 'it' })),
    /"it" \(LeakyReLU\) has no integer form: use tf.layers.reLU/,
  ],
  [
    'a depthwise convolution',
    () => withLayers(layers.depthwiseConv2d({ kernelSize: 3, inputShape, name: 'it' })),
    /"it".*use tf.layers.conv2d/,
  ],
  [
    'padding by a layer',
    () => withLayers(layers.zeroPadding2d({ padding: 1, inputShape, name: 'it' })),
    /"it".*padding "same"/,
  ],
  ['a softsign', () => withLayers(picture({ activation: 'softsign' })), /"it".*softsign.*use relu/],
  [
    'relu with a largest value',
    () => withLayers(picture({ name: 'a' }), layers.reLU({ maxValue: 6, name: 'it' })),
    /"it".*leave maxValue out/,
  ],
  ['a regularizer', () => withLayers(picture({ kernelRegularizer: 'l1l2' })), /"it".*kernelRegularizer/],
  ['a dilated convolution', () => withLayers(picture({ dilationRate: 2 })), /"it".*dilated/],
  [
    'a padded pool',
    () => withLayers(layers.maxPooling2d({ poolSize: 3, padding: 'same', inputShape, name: 'it' })),
    /"it".*pads.*"valid"/,
  ],
  [
    'a normalised row',
    () => withLayers(layers.batchNormalization({ axis: 1, inputShape, name: 'it' })),
    /"it".*axis -1/,
  ],
  ['a layer used twice', twice, /"it" \(AdiabitDense\) is used twice/],
  ['branches that are joined end to end', joined, /"it" \(Concatenate\) joins 2 branches/],
  ['a sum of the input', sumOfInput, /"it" \(Add\) adds the input itself/],
  ['a sum of two lines', sumOfLines, /"it" \(Add\) adds two branches that no line goes through/],
  ['a shortcut of 3 x 3', wideShortcut, /"it".*cannot be the other way to a sum/],
  ['a model in a model', () => withLayers(nested()), /put its layers into the model itself/],
  [
    'one output',
    () => tf.sequential({ layers: [layers.dense({ units: 1, inputShape: [4], name: 'it' })] }),
    /"it".*one output/,
  ],
  [
    'an end that is not dense',
    () => tf.sequential({ layers: [layers.flatten({ inputShape: [4, 2], name: 'it' })] }),
    /"it".*let the last layer be dense/,
  ],
  [
    'an activated end',
    () => tf.sequential({ layers: [layers.dense({ units: 2, activation: 'relu', inputShape: [4], name: 'it' })] }),
    /"it".*ends the network in/,
  ],
  [
    'rows through a dense layer',
    () =>
      tf.sequential({
        layers: [layers.dense({ units: 3, inputShape: [4, 2] }), layers.flatten(), layers.dense({ units: 2 })],
      }),
    /flatten first/,
  ],
  ['no input shape', () => tf.sequential({ layers: [] }), /has no shape yet/],
  [
    'an unknown length',
    () => withLayers(layers.conv1d({ filters: 2, kernelSize: 3, inputShape: [null, 2] as never })),
    /shape|size/,
  ],
];

function nested(): tf.Sequential {
  return tf.sequential({ layers: [picture()] });
}

function twice(): tf.LayersModel {
  const input = tf.input({ shape: [4] });
  const same = layers.dense({ units: 4, name: 'it' });
  const end = layers.dense({ units: 2 });
  return tf.model({ inputs: input, outputs: end.apply(same.apply(same.apply(input))) as tf.SymbolicTensor });
}

function joinedBy(make: (input: tf.SymbolicTensor) => readonly (tf.SymbolicTensor | object)[], join: tf.layers.Layer) {
  const input = tf.input({ shape: [8, 8, 3] });
  const sum = join.apply(make(input) as tf.SymbolicTensor[]);
  const flat = layers.flatten().apply(sum);
  return tf.model({ inputs: input, outputs: layers.dense({ units: 2 }).apply(flat) as tf.SymbolicTensor });
}

const same = (args: object = {}) => layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', ...args });

function joined(): tf.LayersModel {
  return joinedBy((input) => [same().apply(input), same().apply(input)], layers.concatenate({ name: 'it' }));
}
function sumOfInput(): tf.LayersModel {
  return joinedBy((input) => [same().apply(input), input], layers.add({ name: 'it' }));
}
function sumOfLines(): tf.LayersModel {
  const line = (input: tf.SymbolicTensor) => same().apply(layers.reLU().apply(same().apply(input)));
  return joinedBy((input) => [line(input), line(input)], layers.add({ name: 'it' }));
}
function wideShortcut(): tf.LayersModel {
  const start = same();
  const make = (input: tf.SymbolicTensor) => {
    const first = start.apply(input);
    return [same({ name: 'it' }).apply(first), same().apply(layers.reLU().apply(same().apply(first)))];
  };
  return joinedBy(make, layers.add());
}

describe('what has no integer form', () => {
  it.each(refused)('%s is refused by name, with what would do', (_, make, message) => {
    expect(() => binarize(tf, make(), { mode: 'both' })).toThrow(message);
  });

  it('is refused before training: a real tanh, where activations stay real', () => {
    expect(() => binarize(tf, lineModel(tf, 'tanh'), { mode: 'weights' })).toThrow(/real activation tanh/);
  });
});

describe('adiabaticLayers', () => {
  it('begins with the same weights for the same seed, real and binary ones, and with others for another', () => {
    const weights = (seed?: number): readonly number[][] => {
      const { dense, conv2d } = adiabaticLayers(tf, seed === undefined ? {} : { seed });
      const made = [conv2d({ filters: 2, kernelSize: 3, inputShape }), dense({ units: 2, binaryWeights: false })];
      const [convolution, last] = made;
      const model = tf.sequential({ layers: [convolution, layers.flatten(), last] });
      return model.getWeights().map((weight) => [...weight.dataSync()]);
    };
    expect(weights(7)).toEqual(weights(7));
    expect(weights()).toEqual(weights(1));
    const kernelsOf = (all: readonly number[][]) => all.filter(({ length }) => length > 2);
    kernelsOf(weights(7)).forEach((kernel, at) => expect(kernel).not.toEqual(kernelsOf(weights(8))[at]));
  });

  it('refuses arguments that no layer can have, by name', () => {
    const { dense, conv2d } = adiabaticLayers(tf);
    const softsign = { units: 2, name: 'it', activation: 'softsign' } as never;
    expect(() => dense(softsign)).toThrow(/Layer "it": there is no activation "softsign": tanh, /);
    expect(() => dense({ units: 0, name: 'it' })).toThrow(/Layer "it": units must be positive, not 0/);
    const causal = { filters: 2, kernelSize: 3, padding: 'causal' } as never;
    expect(() => conv2d(causal)).toThrow(/padding must be "valid" or "same"/);
  });
});

describe('another copy of TensorFlow.js', () => {
  it('is told from the one that made the model', () => {
    const require = createRequire(import.meta.url);
    for (const file of Object.keys(require.cache)) {
      if (file.includes('@tensorflow')) Reflect.deleteProperty(require.cache, file);
    }
    const other = require('@tensorflow/tfjs') as typeof tf;
    expect(other.LayersModel).not.toBe(tf.LayersModel);
    expect(() => binarize(other, lineModel(tf), { mode: 'both' })).toThrow(/another copy of TensorFlow.js.*npm dedupe/);
  });

  it('is told from what is none of it', () => {
    const none = {} as TensorLibrary;
    expect(() => binarize(none, lineModel(tf), { mode: 'both' })).toThrow(/must be all of TensorFlow.js/);
    const model = { name: 'x', layers: [] } as unknown as tf.LayersModel;
    expect(() => binarize(tf, model, { mode: 'both' })).toThrow(/no model of layers/);
  });
});
