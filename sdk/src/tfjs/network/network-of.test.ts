import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { hardOutputs } from '../../train/evaluation/evaluate-hard.js';
import { forward } from '../../train/forward/forward.js';
import { type BinarizationMode, binarizationModes } from '../../train/network/mode.js';
import { resolveLayers } from '../../train/network/network.js';
import { uploadParameters } from '../../train/learning/step.js';
import { binarize } from '../binarize.js';
import { exampleBytes } from '../examples.js';
import type { ModelInput } from '../library.js';
import { hard, sharpen } from '../sharpness.js';
import { everyLayerModel, lineModel, normalizedFirstModel, scatterWeights, toyInputs } from '../testing/toy-models.js';
import { assembleNetwork, trainedNetworkOf } from './network-of.js';

await tf.setBackend('cpu');
const input: ModelInput = { bits: 8, divisor: 255 };

/** Where activations stay real, tanh has no integer form. */
const activationFor = (mode: BinarizationMode) => (mode === 'real' || mode === 'weights' ? 'relu' : 'tanh');

const models = {
  'pictures with sums of both kinds': everyLayerModel,
  'a line': lineModel,
  'values normalised first': normalizedFirstModel,
} as const;

describe.each(Object.entries(models))('a model of %s', (_, make) => {
  it.each(binarizationModes)(
    'computes what the forward pass of our trainer does, in mode %s at any sharpness',
    async (mode) => {
      const model = binarize(tf, make(tf, activationFor(mode)), { mode, gradientSharpness: 20 });
      scatterWeights(tf, model, 3);
      const examples = toyInputs(tf, [5, ...model.inputs[0].shape.slice(1).map(Number)], 1);
      const { spec, parts } = await assembleNetwork(model, 'toy', input);
      const layers = resolveLayers(spec);
      for (const k of [1.5, 40, 1000]) {
        const sharpness = { kWeight: k, kActivation: k / 2 };
        sharpen(model, sharpness);
        tf.tidy(() => {
          const tensors = uploadParameters(
            tf,
            layers,
            parts.map(({ parameters }) => parameters),
          );
          const statistics = new Map(
            parts.flatMap(({ statistics: found }, index) =>
              found ? [[index, { mean: tf.tensor1d(found.mean), variance: tf.tensor1d(found.variance) }]] : [],
            ),
          );
          const integers = tf.round(tf.mul(examples, 255)).reshape<tf.Tensor2D>([5, -1]);
          const ours = tf.softmax(forward(tf, layers, tensors, integers, sharpness, { statistics }));
          const theirs = model.predict(examples) as tf.Tensor;
          expect(tf.max(tf.abs(tf.sub(ours, theirs))).dataSync()[0]).toBeLessThan(2e-4);
        });
      }
    },
  );

  it.each(binarizationModes)('is, once hard, our trained network in mode %s, in float64', async (mode) => {
    const model = binarize(tf, make(tf, activationFor(mode)), { mode });
    scatterWeights(tf, model, 4);
    sharpen(model, hard);
    const examples = toyInputs(tf, [8, ...model.inputs[0].shape.slice(1).map(Number)], 2);
    const outputsOf = hardOutputs(await trainedNetworkOf(model, 'toy', input));
    const bytes = await exampleBytes(examples, input);
    const predicted = await (model.predict(examples) as tf.Tensor2D).array();
    bytes.forEach((vector, example) => {
      const powers = outputsOf(vector).map(Math.exp);
      const sum = powers.reduce((total, power) => total + power, 0);
      powers.forEach((power, output) => expect(power / sum).toBeCloseTo(predicted[example][output], 3));
    });
  });
});
