import { expect, test } from 'vitest';
import { unpackModel } from '../../polish/network.js';
import { exampleVectors } from '../datasets/dataset.js';
import { evaluateFrozen } from '../evaluation/evaluate-frozen.js';
import { evaluateHard } from '../evaluation/evaluate-hard.js';
import { freeze } from '../freezing/freeze.js';
import type { Recipe } from '../recipes/recipes.js';
import { toyDataset, toyNetwork, toyRecipe } from '../testing/toy-problem.js';
import { train } from '../trainer.js';

const normalized = (): Recipe => ({
  ...toyRecipe(),
  network: {
    ...toyNetwork('both'),
    layers: [
      { units: 16, activation: 'none', latentBound: 3 },
      { kind: 'batch-norm' },
      { kind: 'activation', activation: 'sigmoid' },
      { kind: 'dropout', rate: 0.1 },
      { units: 3, activation: 'none', sharpness: 5 },
    ],
  },
});

test('batch normalisation between dense layers adds nothing to the circuit: two layers, as right as the hard network', async () => {
  const dataset = toyDataset();
  const { network, hardTestAccuracy } = await train({ recipe: normalized(), dataset, seed: 1, backend: 'cpu' });
  const { model, report } = freeze(network, exampleVectors(dataset.validation));
  const { inputs, hidden, classes, thresholds } = unpackModel(model);
  expect([inputs, hidden, classes, thresholds.length]).toEqual([12, 16, 3, 16]);
  expect(report.isExact).toBe(true);
  expect(await evaluateFrozen(model, dataset.test)).toBeCloseTo(hardTestAccuracy, 1);
  expect(hardTestAccuracy).toBeGreaterThan(0.9);
});

test('the hard validation accuracy that chooses the epoch is that of the network as deployed', async () => {
  const dataset = toyDataset();
  const { network, hardValidationAccuracy } = await train({ recipe: normalized(), dataset, seed: 2, backend: 'cpu' });
  expect(evaluateHard(network, dataset.validation)).toBe(hardValidationAccuracy);
});
