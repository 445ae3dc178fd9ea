import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../random.js';
import { hardOutputs } from '../../train/evaluation/evaluate-hard.js';
import type { LayerSpec, NetworkSpec } from '../../train/network/layer-specs.js';
import { resolveLayers } from '../../train/network/network.js';
import { startingParameters } from '../../train/network/starting-point.js';
import type { TrainedBatchNorm } from '../../train/network/trained-network.js';
import { startFrom } from '../../workflow/start.js';
import { findRecipe } from '../../train/recipes/families.js';
import { readLayersModel } from './read-layers-model.js';
import { startingNetwork } from './starting-network.js';
import { saveLayersModel } from '../../tfjs/testing/save-layers-model.js';

await tf.setBackend('cpu');
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'adiabit-layers-model-'))));
afterAll(() => rm(folder, { recursive: true }));

const DIVISOR = 255;
const specOf = (layers: readonly LayerSpec[], shape: NetworkSpec['inputShape'], inputs: number): NetworkSpec => ({
  name: 'start',
  inputs,
  ...(shape === undefined ? {} : { inputShape: shape }),
  inputBits: 8,
  divisor: DIVISOR,
  layers,
  mode: 'both',
});

/** Gives every weight a number that is not 0, so that none can be taken for another. */
function scatter(model: tf.LayersModel): tf.LayersModel {
  const random = Random.fromSeed(5, 'start');
  const drawn = ({ shape, size }: tf.Tensor) =>
    tf.tensor(
      Float32Array.from({ length: size }, () => random.uniform(0.1, 1) * (random.uniform(0, 1) < 0.5 ? -1 : 1)),
      shape,
    );
  model.setWeights(model.getWeights().map(drawn));
  return model;
}

const { conv1d, conv2d, dense, flatten, maxPooling2d, dropout, batchNormalization } = tf.layers;
const models = {
  'dense layers': {
    layers: [
      dense({ units: 7, activation: 'relu', inputShape: [12] }),
      dropout({ rate: 0.2 }),
      dense({ units: 3, useBias: false }),
    ],
    spec: specOf(
      [
        { units: 7, activation: 'relu', dropout: 0.2 },
        { units: 3, activation: 'none' },
      ],
      undefined,
      12,
    ),
  },
  'a line': {
    layers: [
      conv1d({ filters: 4, kernelSize: 3, useBias: false, activation: 'relu', inputShape: [9, 2] }),
      flatten(),
      dense({ units: 3 }),
    ],
    spec: specOf(
      [
        { kind: 'convolution', filters: 4, size: 3, padding: 'valid' },
        { kind: 'activation', activation: 'relu' },
        { kind: 'flatten' },
        { units: 3, activation: 'none' },
      ],
      [9, 2],
      18,
    ),
  },
  pictures: {
    layers: [
      conv2d({ filters: 4, kernelSize: [2, 3], padding: 'same', useBias: false, inputShape: [6, 4, 2] }),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 3 }),
    ],
    spec: specOf(
      [
        { kind: 'convolution', filters: 4, size: [2, 3], padding: 'same' },
        { kind: 'max-pool', size: 2 },
        { kind: 'flatten' },
        { units: 3, activation: 'none' },
      ],
      [6, 4, 2],
      48,
    ),
  },
} as const;

async function saved(layers: readonly tf.layers.Layer[], name: string): Promise<string> {
  return saveLayersModel(tf, scatter(tf.sequential({ layers: [...layers] })), join(folder, name));
}

const readerOf = (file: string) => async (network: NetworkSpec) => {
  const weights = await readFile(join(file, '../weights.bin'));
  return startingNetwork(
    readLayersModel(await readFile(file, 'utf8'), file, () => weights),
    network,
  );
};

describe('a LayersModel of TensorFlow.js', () => {
  it.each(Object.entries(models))(
    'of %s is, as the network of a recipe, what it computes',
    async (name, { layers, spec }) => {
      const model = scatter(tf.sequential({ layers: [...layers] }));
      const file = await saveLayersModel(tf, model, join(folder, name));
      const outputsOf = hardOutputs(await readerOf(file)(spec));
      const random = Random.fromSeed(6, 'inputs');
      const inputs = Array.from({ length: 5 }, () =>
        Uint8Array.from({ length: spec.inputs }, () => random.uniform(0, 256)),
      );
      const fed = tf.tensor(
        inputs.flatMap((input) => Array.from(input, (value) => value / DIVISOR)),
        [inputs.length, ...(spec.inputShape ?? [spec.inputs])],
      );
      const predicted = await (model.predict(fed) as tf.Tensor2D).array();
      inputs.forEach((input, example) =>
        outputsOf(input).forEach((value, output) => expect(value).toBeCloseTo(predicted[example][output], 4)),
      );
    },
  );

  it('starts a binary training at what it computes', async () => {
    const { layers, spec } = models['dense layers'];
    const network = await readerOf(await saved(layers, 'start'))(spec);
    const K = 3;
    const [first] = startingParameters({ network, weights: 'from-real' }, resolveLayers(spec), K);
    const [trained] = network.layers;
    first.kernel.forEach((latent, at) =>
      expect(first.scale[0] * Math.tanh(K * latent)).toBeCloseTo('kernel' in trained ? trained.kernel[at] : NaN, 5),
    );
  });

  it('takes over batch normalisation, and drops a bias that it makes no difference to', async () => {
    const layers = [
      conv2d({ filters: 2, kernelSize: 2, inputShape: [4, 4, 1] }),
      batchNormalization(),
      flatten(),
      dense({ units: 3 }),
    ];
    const spec = specOf(
      [
        { kind: 'convolution', filters: 2, size: 2, padding: 'valid' },
        { kind: 'batch-norm' },
        { kind: 'activation', activation: 'sigmoid' },
        { kind: 'flatten' },
        { units: 3, activation: 'none' },
      ],
      [4, 4, 1],
      16,
    );
    const { layers: ours } = await readerOf(await saved(layers, 'normalised'))(spec);
    const [gamma, beta] = layers[1].getWeights().map((weight) => weight.dataSync());
    expect(ours[1] as TrainedBatchNorm).toMatchObject({ gamma, beta });
    const lost = await saved(
      [conv2d({ filters: 2, kernelSize: 2, inputShape: [4, 4, 1] }), flatten(), dense({ units: 3 })],
      'lost',
    );
    const without = { ...spec, layers: spec.layers.filter(({ kind }) => kind !== 'batch-norm') };
    await expect(readerOf(lost)(without)).rejects.toThrow(/has a bias and no batch normalisation behind it/);
  });

  it.each<[string, NetworkSpec['layers'], RegExp]>([
    [
      'other units',
      [
        { units: 8, activation: 'relu' },
        { units: 3, activation: 'none' },
      ],
      /has a layer 0, dense 12 x 8, the model has "dense_\w+", Dense 12 x 7/,
    ],
    [
      'another layer',
      [{ units: 7, activation: 'none' }, { kind: 'batch-norm' }, { units: 3, activation: 'none' }],
      /a layer 1, batch-norm, the model has "dense_\w+", Dense 7 x 3/,
    ],
    ['a layer less', [{ units: 7, activation: 'none' }], /has no more layers, the model has "dense_\w+", Dense 7 x 3/],
    [
      'a layer more',
      [
        { units: 7, activation: 'none' },
        { units: 3, activation: 'relu' },
        { units: 3, activation: 'none' },
      ],
      /has a layer 2, dense 3 x 3, the model has no more layers/,
    ],
  ])('is refused by a recipe with %s, with both', async (name, layers, message) => {
    const read = readerOf(await saved(models['dense layers'].layers, name));
    await expect(read(specOf(layers, undefined, 12))).rejects.toThrow(message);
  });

  it('is refused when its files are damaged, with what to do', async () => {
    const file = await saved(models['dense layers'].layers, 'damaged');
    const recipe = { ...findRecipe('mnist-both')!, network: models['dense layers'].spec };
    const refused = async (text: string): Promise<unknown> => {
      await writeFile(file, text);
      return startFrom(file, recipe).catch((error: unknown) => error);
    };
    const text = await readFile(file, 'utf8');
    expect(await refused('{}')).toMatchObject({
      code: 'format.bad-value',
      message: expect.stringMatching(/no model.json of a LayersModel/) as string,
    });
    expect(await refused(text.replace('weights.bin', '../weights.bin'))).toMatchObject({
      message: expect.stringContaining('outside its folder') as string,
    });
    expect(await refused(text.replaceAll('"float32"', '"uint8"'))).toMatchObject({
      message: expect.stringContaining('without quantisation') as string,
    });
    await writeFile(join(file, '../weights.bin'), Uint8Array.of(1, 2, 3));
    expect(await refused(text)).toMatchObject({ message: expect.stringContaining('save the model anew') as string });
  });
});
