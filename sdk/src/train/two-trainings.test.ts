import { expect, test } from 'vitest';
import { everyLayerNetwork, pictureRecipe, toyPictureDataset } from './testing/toy-pictures.js';
import { toyDataset, toyRecipe } from './testing/toy-problem.js';
import { train, type TrainOptions } from './trainer.js';

const dense: TrainOptions = { recipe: toyRecipe(), dataset: toyDataset(), seed: 1, backend: 'wasm' };
const network = everyLayerNetwork('both');
const pictures: TrainOptions = {
  recipe: pictureRecipe(network),
  dataset: toyPictureDataset(network.inputShape!),
  seed: 2,
  backend: 'cpu',
};

test.each([
  ['on two backends', dense, pictures],
  ['on one backend', dense, { ...dense, seed: 3 }],
])('two trainings at once %s end as each does alone', async (_, one, other) => {
  const alone = [await train(one), await train(other)];
  const together = await Promise.all([train(one), train(other)]);
  together.forEach(({ network: trained, history }, index) => {
    expect(trained).toEqual(alone[index].network);
    expect(history).toEqual(alone[index].history);
  });
});
