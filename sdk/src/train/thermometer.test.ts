import { expect, test } from 'vitest';
import { createOracle } from '../model/oracle.js';
import { datasetFromArrays } from './datasets/arrays.js';
import { predictHard } from './evaluation/evaluate-hard.js';
import { freeze } from './freezing/freeze.js';
import { findRecipe } from './recipes/families.js';
import { withLearntThresholds } from './recipes/learn-thresholds.js';
import type { Recipe } from './recipes/recipes.js';
import { train } from './trainer.js';

/** Two values a class apart: class 1 where both are above 100, in steps that no plane of bits tells. */
const part = (count: number, offset: number) => ({
  values: Array.from({ length: 2 * count }, (_, at) => (37 * at + offset + (at % 4 < 2 ? 0 : 101)) % 201),
  labels: Array.from({ length: count }, (_, at) => at % 2),
});

test('a network behind a thermometer is trained, and frozen to the same answers exactly, in the modes both and real', async () => {
  const dataset = datasetFromArrays({
    name: 'steps',
    shape: [2],
    classes: 2,
    train: part(64, 3),
    validation: part(16, 50),
    test: part(16, 90),
  });
  for (const mode of ['both', 'real'] as const) {
    const shipped = findRecipe('mnist-demo')!;
    const recipe: Recipe = {
      ...shipped,
      batchSize: 16,
      schedule: {
        phases: [
          { kWeight: 3, kActivation: 3, epochs: 1 },
          { kWeight: 999, kActivation: 999, epochs: 1 },
        ],
        learningRate: { initial: 1e-2, k0: 3, power: 0.4, follows: 'kWeight' },
      },
      network: {
        name: 'steps',
        inputs: 2,
        inputBits: 8,
        divisor: 1,
        mode,
        layers: [
          { kind: 'thermometer', levels: 3 },
          { units: 8, activation: 'sigmoid' },
          { units: 2, activation: 'none' },
        ],
      },
    };
    await expect(train({ recipe, dataset, seed: 1 })).rejects.toThrow('withLearntThresholds');
    const { network } = await train({ recipe: withLearntThresholds(recipe, dataset.train), dataset, seed: 1 });
    const examples = Array.from({ length: dataset.test.count }, (_, at) =>
      dataset.test.values.subarray(2 * at, 2 * at + 2),
    );
    const { model, report } = freeze(network, examples);
    const [first] = model.layers;
    expect(first).toMatchObject({ kind: 'thermometer', inputShape: [1, 1, 2] });
    if (mode === 'both') expect(report.isExact).toBe(true);
    const oracle = createOracle(model);
    expect(examples.map((example) => oracle(example).class)).toEqual([...predictHard(network, dataset.test)]);
  }
});
