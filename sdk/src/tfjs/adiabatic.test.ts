import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createOracle } from '../model/oracle.js';
import { evaluateHard } from '../train/evaluation/evaluate-hard.js';
import { toyExamples } from '../train/testing/toy-problem.js';
import { adiabatic } from './adiabatic.js';
import { binarize } from './binarize.js';
import { exampleBytes } from './examples.js';
import { freezeLayersModel } from './freeze-layers-model.js';
import { adiabaticLayers } from './layers/factories.js';
import { settle } from './settle.js';
import { sharpnessOf } from './sharpness.js';
import { everyLayerModel, scatterWeights, toyInputs } from './testing/toy-models.js';

await tf.setBackend('cpu');
const { layers } = tf;
const input = { bits: 8, divisor: 255 };
const training = toyExamples(150, 1);
const test = toyExamples(60, 3);

const inputsOf = ({ values, count }: typeof training) =>
  tf.tensor2d(
    Float32Array.from(values, (value) => value / 255),
    [count, 12],
  );
const xs = inputsOf(training);
const ys = tf.oneHot(tf.tensor1d(Int32Array.from(training.labels), 'int32'), 3);

function toyModel(optimizer: tf.Optimizer | string = tf.train.adam(0.05), normalized = false): tf.Sequential {
  const middle = normalized ? [layers.batchNormalization()] : [];
  const model = binarize(
    tf,
    tf.sequential({
      layers: [
        layers.dense({ units: 16, inputShape: [12], ...(normalized ? {} : { activation: 'relu' }) }),
        ...middle,
        ...(normalized ? [layers.reLU()] : []),
        layers.dense({ units: 3, activation: 'softmax' }),
      ],
    }),
    { mode: 'both', seed: 3, ...(normalized ? { activation: 'sigmoid' } : {}) },
  );
  model.compile({ optimizer, loss: 'categoricalCrossentropy' });
  return model;
}

const accuracyOf = (model: tf.LayersModel): number => {
  const classes = tf.argMax(model.predict(inputsOf(test)) as tf.Tensor, 1).dataSync();
  return test.labels.filter((label, index) => label === classes[index]).length / test.count;
};

describe('the callback adiabatic', () => {
  it('raises k and lowers the learning rate before each epoch, and ends with the hard network', async () => {
    const model = toyModel();
    const seen: { k: number; rate: number }[] = [];
    const onEpochEnd = (): void => {
      const { learningRate } = model.optimizer as unknown as { learningRate: number };
      seen.push({ k: sharpnessOf(model).kWeight, rate: learningRate });
    };
    await model.fit(xs, ys, {
      shuffle: false,
      epochs: 10,
      callbacks: [adiabatic(model, { epochs: 10 }), { onEpochEnd }],
    });
    expect(seen.map(({ k }) => Math.round(k))).toEqual([3, 3, 5, 10, 21, 46, 99, 213, 462, 999]);
    expect(seen[0].rate).toBe(0.05);
    expect(seen[9].rate).toBeCloseTo(0.05 / (999 / 3) ** 0.4, 6);
    expect(model.optimizer).toHaveProperty('learningRate', 0.05);
    expect(sharpnessOf(model)).toEqual({ kWeight: 1000, kActivation: 1000 });
    expect(accuracyOf(model)).toBeGreaterThan(0.9);
  });

  it('leaves no tensor behind but the moments of the optimizer', async () => {
    const model = toyModel();
    await model.fit(xs, ys, { shuffle: false, epochs: 2, callbacks: adiabatic(model, { epochs: 2 }) });
    const before = tf.memory().numTensors;
    await model.fit(xs, ys, { shuffle: false, epochs: 2, callbacks: adiabatic(model, { epochs: 2 }) });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(['sgd', 'rmsprop', 'adagrad', 'adadelta', 'adam'])('works with the optimizer %s', async (name) => {
    const model = toyModel(name);
    await model.fit(xs, ys, { shuffle: false, epochs: 3, callbacks: adiabatic(model, { epochs: 3 }) });
    expect(sharpnessOf(model).kWeight).toBe(1000);
  });

  it('takes a schedule of our trainer, and goes on in the middle of it', async () => {
    const model = toyModel();
    const phase = (k: number) => ({ kWeight: k, kActivation: 2 * k, epochs: 1 });
    const learningRate = { initial: 0.01, k0: 3, power: 1, follows: 'kWeight' } as const;
    const schedule = { phases: [phase(3), phase(30), phase(300)], learningRate };
    const seen: string[] = [];
    const onPlan = ({
      kWeight,
      kActivation,
      learningRate: rate,
    }: (typeof schedule.phases)[0] & { learningRate: number }) => seen.push([kWeight, kActivation, rate].join());
    const callbacks = adiabatic(model, schedule, { onPlan: onPlan as never });
    await model.fit(xs, ys, { shuffle: false, epochs: 2, callbacks });
    expect(sharpnessOf(model)).toEqual({ kWeight: 30, kActivation: 60 });
    await expect(freezeLayersModel(model, { input })).rejects.toThrow(/still soft, at k = 30/);
    await model.fit(xs, ys, { shuffle: false, initialEpoch: 2, epochs: 3, callbacks });
    expect(seen).toEqual(['3,6,0.01', '30,60,0.001', '300,600,0.0001']);
    expect(sharpnessOf(model).kWeight).toBe(1000);
  });

  it('works with fitDataset, too', async () => {
    const model = toyModel();
    const dataset = tf.data.zip<{ xs: tf.Tensor; ys: tf.Tensor }>({
      xs: tf.data.array(await xs.array()),
      ys: tf.data.array((await ys.array()) as number[][]),
    });
    // Its declared dataset is another class than those of tf.data.
    const fitDataset = model.fitDataset.bind(model) as (dataset: object, args: object) => Promise<tf.History>;
    const epochs = 4;
    await fitDataset(dataset.batch(25), {
      epochs,

      callbacks: adiabatic(model, { epochs }),
    });
    expect(sharpnessOf(model).kWeight).toBe(1000);
  });

  it('refuses what it cannot train, before it trains', () => {
    expect(() => adiabatic(toyModel(), { epochs: 1 })).toThrow(/at least 2/);
    expect(() => adiabatic(toyModel('adam', true), { epochs: 5 })).toThrow(
      /batch normalisation: pass the training examples/,
    );
    const plain = tf.sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
    expect(() => adiabatic(plain, { epochs: 5 })).toThrow(/pass it through binarize/);
  });
});

describe('settle', () => {
  it('gives every batch normalisation the mean and variance of its input in the hard network', async () => {
    const model = binarize(tf, everyLayerModel(tf, 'tanh'), { mode: 'both' });
    scatterWeights(tf, model, 8);
    const examples = toyInputs(tf, [600, 9, 9, 2], 9);
    await settle(model, examples);
    const norms = model.layers.filter((layer) => layer.getClassName() === 'BatchNormalization');
    expect(norms.length).toBe(4);
    for (const norm of norms) {
      const before = tf.model({ inputs: model.inputs, outputs: norm.input });
      const values = before.predict(examples) as tf.Tensor;
      const { mean, variance } = tf.moments(values, [0, 1, 2]);
      const [, , movingMean, movingVariance] = norm.getWeights();
      expect(tf.max(tf.abs(tf.sub(mean, movingMean))).dataSync()[0]).toBeLessThan(1e-3);
      expect(tf.max(tf.abs(tf.sub(tf.div(variance, movingVariance), 1))).dataSync()[0]).toBeLessThan(1e-3);
    }
  });

  it('makes a trained network with batch normalisation as good hard as it was soft', async () => {
    const model = toyModel(tf.train.adam(0.05), true);
    const schedule = { epochs: 12 };
    await model.fit(xs, ys, {
      shuffle: false,
      epochs: 12,
      batchSize: 30,

      callbacks: adiabatic(model, schedule, { examples: xs }),
    });
    expect(accuracyOf(model)).toBeGreaterThan(0.9);
    const { network } = await freezeLayersModel(model, { input });
    expect(evaluateHard(network, test)).toBe(accuracyOf(model));
  });
});

describe('a trained model', () => {
  it('is saved and loaded with its sharpness, and freezes to the same integers', async () => {
    const model = toyModel();
    await model.fit(xs, ys, { shuffle: false, epochs: 4, callbacks: adiabatic(model, { epochs: 4 }) });
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler((artifacts) => {
        saved = JSON.parse(JSON.stringify({ ...artifacts, weightData: undefined })) as tf.io.ModelArtifacts;
        saved.weightData = artifacts.weightData!;
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
      }),
    );
    adiabaticLayers(tf);
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved!));
    expect(sharpnessOf(loaded)).toEqual(sharpnessOf(model));
    const [one, other] = await Promise.all(
      [model, loaded].map((each) => freezeLayersModel(each, { input, name: 'toy' })),
    );
    expect(other.model).toEqual(one.model);
  });

  it('freezes to integers that decide as it does on every example', async () => {
    const model = toyModel();
    await model.fit(xs, ys, { shuffle: false, epochs: 6, callbacks: adiabatic(model, { epochs: 6 }) });
    const examples = inputsOf(test);
    const { model: integers, report } = await freezeLayersModel(model, { input, examples });
    expect(report).toMatchObject({ isExact: true, agreement: { equal: 60, total: 60 } });
    const oracle = createOracle(integers);
    const correct = (await exampleBytes(examples, input)).filter((vector, index) => {
      const { outputs } = oracle(vector);
      return outputs.indexOf(Math.max(...outputs)) === test.labels[index];
    });
    expect(correct.length / test.count).toBe(accuracyOf(model));
  });

  it('is not frozen with examples that are not what the input says', async () => {
    const model = toyModel();
    await settle(model);
    const wrong = { input: { bits: 8, divisor: 100 }, examples: xs };
    await expect(freezeLayersModel(model, wrong)).rejects.toMatchObject({ code: 'data.bad-value' });
    const bits = { input: { bits: 4, divisor: 255 }, examples: xs };
    await expect(freezeLayersModel(model, bits)).rejects.toThrow(/no integer from 0 to 15 divided by 255/);
  });
});
