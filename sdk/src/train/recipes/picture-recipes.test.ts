import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluateHard } from '../evaluation/evaluate-hard.js';
import { evaluationBatch } from '../evaluation/evaluate.js';
import { type BinarizationMode, type NetworkSpec, resolveLayers } from '../network/network.js';
import { summarizeNetwork } from '../network/summary.js';
import { countEpochs, courseOf, describeSchedule, expandSchedule, type FixedSchedule } from '../schedules/schedules.js';
import { pictureRecipe, toyPictureDataset } from '../testing/toy-pictures.js';
import { train } from '../trainer.js';
import { allRecipes, familyOf, findRecipe, recipeFamilies, recipeOfMode } from './families.js';
import { dogCatNetwork, resNet20Network, speechNetwork, vggSmallNetwork } from './picture-networks.js';
import { dogCatAuthorsRecipe, dogCatRecipe, pictureRecipes, speechRecipe } from './picture-recipes.js';
import { mnistNetwork } from './recipes.js';

const modes: readonly BinarizationMode[] = ['real', 'weights', 'activations', 'both'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-recipes-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('every recipe can be trained: its name is unique, its network resolves, its schedule begins', () => {
  expect(new Set(pictureRecipes.map(({ name }) => name)).size).toBe(36);
  for (const { network, schedule } of pictureRecipes) {
    expect(resolveLayers(network).at(-1)!.kind).toBe('dense');
    expect(courseOf(schedule).first().action).toBe('train');
    expect(describeSchedule(schedule)).not.toContain('undefined');
  }
});

test('whatever becomes binary, cats and dogs and spoken digits are trained alike: epochs, batches, augmentation', () => {
  for (const make of [dogCatRecipe, speechRecipe]) {
    const [real, ...others] = modes.map((mode) => make(mode));
    for (const { schedule, batchSize, augmentation } of others) {
      expect({ schedule, batchSize, augmentation }).toEqual({
        schedule: real.schedule,
        batchSize: real.batchSize,
        augmentation: real.augmentation,
      });
    }
  }
  expect(countEpochs(dogCatRecipe('both').schedule)).toBe(60);
  expect(dogCatRecipe('both').network.layers.map((layer) => 'latentBound' in layer && layer.latentBound)).toContain(3);
  expect(dogCatAuthorsRecipe('both').network).toEqual(dogCatNetwork('both'));
  expect(countEpochs(speechRecipe('both').schedule)).toBe(40);
});

test('a wider name takes no recipe of a family with a shorter one', () => {
  expect(familyOf(findRecipe('cifar10-vgg-small-64-both')!).name).toBe('cifar10-vgg-small-64');
  expect(familyOf(findRecipe('cifar10-vgg-small-both')!).name).toBe('cifar10-vgg-small');
  for (const family of recipeFamilies) {
    for (const recipe of family.recipes) expect(familyOf(recipe).name).toBe(family.name);
    for (const mode of modes) expect(recipeOfMode(family, mode).network.mode).toBe(mode);
  }
  const ofFamilies = recipeFamilies.flatMap((family) => family.recipes);
  expect(ofFamilies.map(({ name }) => name).sort()).toEqual(allRecipes.map(({ name }) => name).sort());
});

test('in CIFAR-10 the activations are steps before the weights begin to be signs', () => {
  for (const name of ['cifar10-resnet20', 'cifar10-vgg-small', 'cifar10-vgg-small-64']) {
    const { schedule } = findRecipe(`${name}-both`)!;
    const epochs = expandSchedule(schedule as FixedSchedule);
    const steps = epochs.findIndex(({ kActivation }) => kActivation === 999);
    expect(epochs[steps].kWeight).toBeLessThan(5);
    expect(epochs.at(-1)).toMatchObject({ kWeight: 999, kActivation: 999 });
    expect(epochs).toHaveLength(60);
  }
});

test("the authors' schedules decide on the way, and are recipes of the same families", () => {
  const names = ['dog-cat', 'speech'].flatMap((family) => modes.map((mode) => `${family}-${mode}-authors`));
  for (const name of names) {
    const recipe = findRecipe(name)!;
    expect(recipe.schedule.kind).toBe(recipe.network.mode === 'real' ? undefined : 'adaptive');
    expect(countEpochs(recipe.schedule)).toBe(recipe.network.mode === 'real' ? 80 : 680);
    expect(familyOf(recipe).name).toBe(name.split(`-${recipe.network.mode}`)[0]);
  }
});

test.each<[NetworkSpec, number, number]>([
  // Weights of convolutions 2 and 3.
  [dogCatNetwork('both'), 9 * (16 * 32 + 32 * 64), 2],
  [speechNetwork('both'), 30 * (16 * 32 + 32 * 64), 10],
  [vggSmallNetwork('both'), 9 * (128 * 128 + 128 * 256 + 256 * 256 + 256 * 512 + 512 * 512), 10],
  // Six convolutions of 16, eleven and a half of the wider, and two shortcuts.
  [resNet20Network('both'), 9 * (6 * 256 + 512 + 5 * 1024 + 2048 + 5 * 4096) + 512 + 2048, 10],
])('$name has the binary weights of the paper, and in no mode another size', (network, binaryWeights, classes) => {
  const summary = summarizeNetwork(network);
  expect(summary.binaryParameters).toBe(binaryWeights);
  expect(summary.layers.at(-1)!.outputShape).toBe(String(classes));
  for (const mode of ['real', 'weights', 'activations'] as const) {
    const other = summarizeNetwork({ ...network, mode });
    expect(other.binaryMacs + other.realMacs).toBe(summary.binaryMacs + summary.realMacs);
    expect(other.layers.map(({ outputShape }) => outputShape)).toEqual(
      summary.layers.map(({ outputShape }) => outputShape),
    );
  }
});

test('an evaluation holds no more than 256 MiB of outputs, whatever the network', () => {
  for (const { network } of pictureRecipes) {
    const layers = resolveLayers(network);
    const perExample = layers.reduce((sum, { outputs }) => sum + 4 * outputs, 4 * network.inputs);
    expect(evaluationBatch(layers) * perExample).toBeLessThanOrEqual(2 ** 28);
    expect(evaluationBatch(layers)).toBeGreaterThan(30);
  }
  expect(evaluationBatch(resolveLayers(mnistNetwork('both')))).toBe(1000);
});

test('what stays real depends on the mode as in the paper', () => {
  const kept = (network: NetworkSpec) =>
    resolveLayers(network).flatMap((layer) =>
      'initialBound' in layer && layer.kind !== 'add' ? [layer.binaryWeights] : [],
    );
  expect(kept(dogCatNetwork('both'))).toEqual([false, true, true, false]);
  expect(kept(dogCatNetwork('weights'))).toEqual([true, true, true, true]);
  expect(kept(vggSmallNetwork('weights'))).toEqual([false, true, true, true, true, true, false]);
});

/** The networks, narrow, on small inputs: their layers are the recipes', only the input and the width are not. */
const small: readonly (readonly [string, (mode: BinarizationMode) => NetworkSpec, readonly number[], number])[] = [
  ['dog-cat', (mode) => ({ ...dogCatNetwork(mode, 4), inputs: 256, inputShape: [16, 16, 1] }), [16, 16], 2],
  ['speech', (mode) => ({ ...speechNetwork(mode, 4), inputs: 800, inputShape: [800, 1] }), [800, 1], 10],
  ['vgg-small', (mode) => ({ ...vggSmallNetwork(mode, 4), inputs: 192, inputShape: [8, 8, 3] }), [8, 8, 3], 10],
  ['resnet20', (mode) => ({ ...resNet20Network(mode, 4), inputs: 192, inputShape: [8, 8, 3] }), [8, 8, 3], 10],
];

test.each(
  small.flatMap(([name, make, shape, classes]) => modes.map((mode) => [name, mode, make, shape, classes] as const)),
)(
  '%s in mode %s: the loss falls, the hard network is evaluated, and a resumed training has the same bytes',
  async (name, mode, make, shape, classes) => {
    const recipe = pictureRecipe(make(mode));
    const options = { recipe, dataset: toyPictureDataset(shape, classes), seed: 1, backend: 'wasm' } as const;
    const checkpointFile = join(folder, `${name}-${mode}`);
    const whole = await train({ ...options, checkpointFile: `${checkpointFile}-whole` });
    const losses = whole.history.map(({ loss }) => loss);
    expect(Math.min(...losses)).toBeLessThan(losses[0]);
    const plain = evaluateHard(whole.network, options.dataset.test);
    expect(Math.abs(plain - whole.hardTestAccuracy)).toBeLessThan(0.11);
    const controller = new AbortController();
    const onEpoch = () => controller.abort();
    await expect(train({ ...options, checkpointFile, signal: controller.signal, onEpoch })).rejects.toThrow(
      'cancelled',
    );
    await train({ ...options, checkpointFile, resume: true });
    expect((await readFile(checkpointFile)).equals(await readFile(`${checkpointFile}-whole`))).toBe(true);
  },
);
