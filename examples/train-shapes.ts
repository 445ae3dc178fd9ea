/**
 * From a folder of pictures to a model for the compiler, in a build script:
 *
 *   npx tsx examples/draw-shapes.ts shapes
 *   npx tsx examples/train-shapes.ts shapes shapes.model.json
 *   npx adiabit compile shapes.model.json
 */
import { saveModel } from '@adiabit/sdk';
import {
  defaultAdam,
  exampleVectors,
  freeze,
  loadFolder,
  trainingEvents,
  type Recipe,
  type Task,
} from '@adiabit/sdk/train';

const task: Task = { kind: 'picture', name: 'shapes', shape: [16, 16], classNames: ['circle', 'cross', 'square'] };

const recipe: Recipe = {
  name: 'shapes',
  description: 'circles, crosses and squares',
  network: {
    name: 'shapes',
    inputs: 16 * 16,
    inputBits: 8,
    divisor: 255,
    layers: [
      { units: 64, activation: 'rectified-tanh' },
      { units: task.classNames.length, activation: 'none' },
    ],
    mode: 'both',
  },
  batchSize: 16,
  schedule: {
    phases: [3, 10, 30, 100, 300, 1000].map((k) => ({ kWeight: k, kActivation: k, epochs: 8 })),
    learningRate: { initial: 0.003, k0: 3, power: 0.4, follows: 'kWeight' },
  },
  adam: defaultAdam,
  augmentation: { maxShift: 1 },
};

const [folder = 'shapes', modelFile = 'shapes.model.json'] = process.argv.slice(2);
const dataset = await loadFolder(folder, task);
for await (const event of trainingEvents({ recipe, dataset, seed: 1 })) {
  if (event.kind === 'epoch' && event.epoch % 8 === 0) {
    console.log(`epoch ${event.epoch}, k ${event.kWeight}: ${(100 * event.hardAccuracy).toFixed(1)} % of validation`);
  }
  if (event.kind === 'end') {
    console.log(`${(100 * event.hardTestAccuracy).toFixed(1)} % of the test`);
    const { model, report } = freeze(event.network, exampleVectors(dataset.validation));
    await saveModel(modelFile, model, report);
  }
}
