import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { type BinarizedModel, type BinaryDense, type BinaryDenseModel, loadModel, saveModel } from '@adiabit/sdk/model';
import {
  type Dataset,
  defaultAdam,
  type Examples,
  exampleVectors,
  freeze,
  loadMnist,
  type Recipe,
  trainingEvents,
} from '@adiabit/sdk/train';
import { Random } from '../src/random.js';

const KEPT = resolve(process.env['BENCH_FOLDER'] ?? fileURLToPath(new URL('../../out/bench', import.meta.url)));

/** What benchmarks keep between runs, in `BENCH_FOLDER` or `out/bench`: trained models and what Verilator built. */
export const benchFolder = (name: string): string => {
  const folder = join(KEPT, name);
  mkdirSync(folder, { recursive: true });
  return folder;
};

/** "784-128-10". */
export const shapeName = (widths: readonly number[]): string => widths.join('-');

const BRIGHT = 128;

/** MNIST in black and white: one bit a pixel, so one inference is one vector a cycle. */
async function blackAndWhite(): Promise<Dataset> {
  const dataset = await loadMnist();
  const threshold = (examples: Examples): Examples => ({
    ...examples,
    values: examples.values.map((value) => (value >= BRIGHT ? 1 : 0)),
  });
  return {
    ...dataset,
    train: threshold(dataset.train),
    validation: threshold(dataset.validation),
    test: threshold(dataset.test),
  };
}

/** One byte a pixel. */
export const greyTestVectors = async (): Promise<readonly Uint8Array[]> => exampleVectors((await loadMnist()).test);

export const testVectors = async (): Promise<readonly Uint8Array[]> => exampleVectors((await blackAndWhite()).test);

/**
 * A few epochs: the weights are those of a trained network, the accuracy is not the point. Kept for the next run. Progress goes
 * to standard error, because standard output belongs to the result of whoever asks for the model.
 */
export async function trainedModel(widths: readonly number[]): Promise<BinarizedModel> {
  const name = shapeName(widths);
  const file = join(benchFolder('models'), `${name}.model.json`);
  if (existsSync(file)) return loadModel(file);
  process.stderr.write(`training ${name} once\n`);
  const [inputs, ...units] = widths;
  const recipe: Recipe = {
    name,
    description: 'a short training for benchmarks of the simulator',
    network: {
      name,
      inputs,
      inputBits: 1,
      divisor: 1,
      mode: 'both',
      layers: units.map((count, index) => ({
        units: count,
        activation: index + 1 < units.length ? 'rectified-tanh' : 'none',
      })),
    },
    batchSize: 64,
    schedule: {
      phases: [3, 30, 300, 1000].map((k) => ({ kWeight: k, kActivation: k, epochs: 1 })),
      learningRate: { initial: 0.003, k0: 3, power: 0.4, follows: 'kWeight' },
    },
    adam: defaultAdam,
  };
  const dataset = await blackAndWhite();
  for await (const event of trainingEvents({ recipe, dataset, seed: 1 })) {
    if (event.kind !== 'end') continue;
    const { model } = freeze(event.network, exampleVectors(dataset.validation));
    await saveModel(file, model);
    process.stderr.write(`${name}: ${(100 * event.hardTestAccuracy).toFixed(1)} % of the test\n`);
    return model;
  }
  throw new Error('The training ended without a network.');
}

const TRAINED_UNITS = 200;

/** A trained model, or one of random weights where a network is so large that it is not worth training for this. */
export const modelOf = (widths: readonly number[]): Promise<BinarizedModel> =>
  widths[1] <= TRAINED_UNITS ? trainedModel(widths) : Promise.resolve(randomModel(widths));

/** Random weights, with thresholds at which neurons fire about half of the time. */
export function randomModel(widths: readonly number[], seed = 1): BinaryDenseModel {
  const random = Random.fromSeed(seed, shapeName(widths));
  const layers = widths.slice(1).map((outputs, index): BinaryDense => {
    const isLast = index === widths.length - 2;
    const constants = Int32Array.from({ length: outputs }, () => random.below(33) - 16);
    return {
      kind: 'dense',
      inputs: widths[index],
      outputs,
      inputEncoding: 'bipolar',
      weights: bitMatrixFrom(outputs, widths[index], () => random.below(2) === 1),
      activation: isLast
        ? { kind: 'integer', shift: 0, offsets: constants }
        : { kind: 'threshold', thresholds: constants },
    };
  });
  return { name: shapeName(widths), input: { count: widths[0], bits: 1 }, layers };
}

/** Random 1-bit inputs. */
export function randomVectors(width: number, count: number): readonly Uint8Array[] {
  const random = Random.fromSeed(1, 'vectors');
  return Array.from({ length: count }, () => Uint8Array.from({ length: width }, () => random.below(2)));
}
