import { expect, test } from 'vitest';
import { createOracle } from '../../model/oracle.js';
import { openTensorBackend } from '../backends/tensor-backend.js';
import { exampleVectors } from '../datasets/dataset.js';
import { freeze } from '../freezing/freeze.js';
import type { NetworkSpec } from '../network/network.js';
import { describeBackends } from '../testing/compare-backends.js';
import { everyLayerNetwork, lineNetwork, pictureRecipe, toyPictureDataset } from '../testing/toy-pictures.js';
import { toyDataset, toyNetwork, toyRecipe } from '../testing/toy-problem.js';
import { train } from '../trainer.js';
import { evaluateFrozen } from './evaluate-frozen.js';
import { createFrozenClassifier } from './frozen-classes.js';

const trainings = (['real', 'weights', 'activations', 'both'] as const).flatMap((mode) => {
  const pictures = [everyLayerNetwork(mode), lineNetwork(mode)].map((network: NetworkSpec) => ({
    recipe: pictureRecipe(network),
    dataset: toyPictureDataset(network.inputShape!),
  }));
  const dense = { recipe: { ...toyRecipe(), name: `toy-${mode}`, network: toyNetwork(mode) }, dataset: toyDataset() };
  return mode === 'both' ? [...pictures, dense] : pictures;
});

describeBackends((name) => {
  test.each(trainings)('the classes of $recipe.name are the oracle’s', async ({ recipe, dataset }) => {
    const backend = await openTensorBackend({ name });
    const { network } = await train({ recipe, dataset, seed: 1, backend: 'wasm' });
    const { model } = freeze(network, exampleVectors(dataset.validation));
    const inputs = exampleVectors(dataset.test);
    const oracle = createOracle(model);
    const classify = createFrozenClassifier(backend, model);
    const before = backend.tf.memory().numTensors;
    expect([...(await classify(inputs))]).toEqual(inputs.map((input) => oracle(input).class));
    expect(backend.tf.memory().numTensors).toBe(before);
    const options = { signal: new AbortController().signal };
    expect(await evaluateFrozen(model, dataset.test, { ...options, backend })).toBe(
      await evaluateFrozen(model, dataset.test, options),
    );
  });
});
