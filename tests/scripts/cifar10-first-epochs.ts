/**
 * The first epochs of a CIFAR-10 network on a part of the pictures, to see that it learns where a whole training would
 * take days:
 *
 *   npx tsx tests/scripts/cifar10-first-epochs.ts vgg-small|resnet20 FOLDER [mode] [width] [pictures]
 *
 * FOLDER holds the six binary files. The sharpness of the weights goes from 3 to 999 in 14 epochs, most of them below 20,
 * and their latents stay where they can turn.
 */
import { percent } from '../../sdk/src/text/format.js';
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
import { boundedSchedule } from '../../sdk/src/train/schedules/schedules.js';

const [name, folder = '', modeName = 'both', width = '16', pictures = '4000'] = process.argv.slice(2);
const mode = binarizationModes.find((one) => one === modeName);
if ((name !== 'vgg-small' && name !== 'resnet20') || folder === '' || mode === undefined) {
  console.error('Usage: cifar10-first-epochs.ts vgg-small|resnet20 FOLDER [mode] [width] [pictures]');
  process.exit(2);
}

const make = name === 'vgg-small' ? vggSmallRecipe : resNet20Recipe;
const { network, ...rest } = make(mode, Number(width));
const recipe: Recipe = {
  ...rest,
  network: {
    ...network,
    layers: network.layers.map((layer) => (layer.kind === 'convolution' ? { ...layer, latentBound: 3 } : layer)),
  },
  batchSize: 50,
  schedule: boundedSchedule([[3, 4], ...[4, 5, 7, 9, 13, 20, 40, 150].map((k) => [k, 1] as const), [999, 2]], 6e-3),
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
