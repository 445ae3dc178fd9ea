/**
 * The first epochs of a CIFAR-10 network on a part of the pictures, to see that it learns where a whole training would
 * take days:
 *
 *   npx tsx tests/scripts/cifar10-first-epochs.ts vgg-small|resnet20 FOLDER [mode] [width] [pictures]
 *
 * FOLDER holds the six binary files. The sharpness goes from 1.5 to 999 in eight epochs.
 */
import { percent } from '../../sdk/src/cli/format.js';
import {
  binarizationModes,
  describeNetwork,
  loadCifar10,
  resNet20Recipe,
  selectExamples,
  summarizeNetwork,
  train,
  vggSmallRecipe,
  type Examples,
  type Recipe,
} from '../../sdk/src/train/index.js';
import { pushTogether } from '../../sdk/src/train/schedules.js';

const [name, folder = '', modeName = 'both', width = '16', pictures = '4000'] = process.argv.slice(2);
const mode = binarizationModes.find((one) => one === modeName);
if ((name !== 'vgg-small' && name !== 'resnet20') || folder === '' || mode === undefined) {
  console.error('Usage: cifar10-first-epochs.ts vgg-small|resnet20 FOLDER [mode] [width] [pictures]');
  process.exit(2);
}

const make = name === 'vgg-small' ? vggSmallRecipe : resNet20Recipe;
const recipe: Recipe = {
  ...make(mode, Number(width)),
  batchSize: 50,
  schedule: {
    phases: pushTogether([
      [1.5, 3],
      [5, 1],
      [20, 1],
      [100, 1],
      [999, 2],
    ]),
    learningRate: { initial: 4e-3, k0: 1.5, power: 0.4, follows: 'kWeight' },
  },
};
const whole = await loadCifar10(folder);
const first = (examples: Examples, count: number): Examples => selectExamples(examples, (index) => index < count);
const dataset = {
  ...whole,
  train: first(whole.train, Number(pictures)),
  validation: first(whole.validation, 500),
  test: first(whole.test, 1000),
};
console.log(describeNetwork(summarizeNetwork(recipe.network)));
const { hardTestAccuracy, softTestAccuracy } = await train({
  recipe,
  dataset,
  seed: 1,
  onStart: ({ backend }) => console.log(`backend ${backend.name}; ${pictures} pictures, batch 50`),
  onEpoch: ({ epoch, kWeight, loss, softAccuracy, hardAccuracy, samplesPerSecond }) =>
    console.log(
      `epoch ${epoch}  k ${kWeight}  loss ${loss.toFixed(3)}  soft ${percent(softAccuracy)}  hard ${percent(hardAccuracy)}  ` +
        `${samplesPerSecond.toFixed(0)} pictures/s`,
    ),
});
console.log(`test (1,000 pictures): ${percent(softTestAccuracy)} soft, ${percent(hardTestAccuracy)} hard`);
