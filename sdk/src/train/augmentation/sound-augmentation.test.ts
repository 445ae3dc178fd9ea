import { expect, test } from 'vitest';
import { decodeMuLaw, encodeMuLaw } from '../../model/mu-law.js';
import { Random } from '../../random.js';
import type { Batch } from '../datasets/batches.js';
import { lineNetwork, pictureRecipe, toyPictureDataset } from '../testing/toy-pictures.js';
import { toyDataset, toyRecipe } from '../testing/toy-problem.js';
import { train } from '../trainer.js';
import { type SoundAugmentation, varySounds } from './sound-augmentation.js';

const LENGTH = 400;

/** Clips of the same samples each. */
function clips(count: number, sampleAt: (index: number) => number): Batch {
  const inputs = Float32Array.from({ length: count * LENGTH }, (_, at) => encodeMuLaw(sampleAt(at % LENGTH)));
  return { size: count, inputs, targets: new Float32Array(count) };
}

/** The samples of every clip after it was varied. */
function varied(batch: Batch, settings: Omit<SoundAugmentation, 'kind'>, seed = 1): number[][] {
  const { inputs } = varySounds(batch, { kind: 'sound', ...settings }, Random.fromSeed(seed));
  return Array.from({ length: batch.size }, (_, clip) =>
    Array.from(inputs.subarray(clip * LENGTH, (clip + 1) * LENGTH), decodeMuLaw),
  );
}

const peakOf = (clip: readonly number[]): number => clip.indexOf(Math.max(...clip));
const spread = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

/** A click, and a tone of 20 samples a period. */
const click = clips(200, (index) => (index === 200 ? 20_000 : 0));
const tone = clips(200, (index) => 8000 * Math.sin((2 * Math.PI * index) / 20));
const every = { maxShift: 50, maxGain: 6, maxNoise: 0.1, maxSpeed: 0.1, maxTilt: 0.5, maxColour: 0.5 };

test('with every setting 0 a clip keeps its samples', () => {
  const [clip] = varied(tone, {});
  expect(clip).toEqual(Array.from(tone.inputs.subarray(0, LENGTH), decodeMuLaw));
});

test('the same seed varies alike, another otherwise, and the batch stays as it is', () => {
  const before = tone.inputs.slice();
  expect(varied(tone, every)).toEqual(varied(tone, every));
  expect(varied(tone, every)).not.toEqual(varied(tone, every, 2));
  expect(tone.inputs).toEqual(before);
});

test('clips move in time both ways up to the most, with silence behind them', () => {
  const moved = varied(click, { maxShift: 50 });
  const [earliest, latest] = spread(moved.map((clip) => peakOf(clip) - 200));
  expect(earliest).toBeGreaterThanOrEqual(-50);
  expect(earliest).toBeLessThan(-40);
  expect(latest).toBeLessThanOrEqual(50);
  expect(latest).toBeGreaterThan(40);
  const loud = varied(
    clips(50, () => 9000),
    { maxShift: 50 },
  );
  for (const clip of loud) expect(clip.filter((sample) => sample === 0).length).toBeLessThanOrEqual(50);
  expect(Math.max(...loud.map((clip) => clip.filter((sample) => sample === 0).length))).toBeGreaterThan(30);
});

test('gain is within its decibels, and what would be too loud is cut', () => {
  const [least, most] = spread(varied(tone, { maxGain: 6 }).map((clip) => Math.max(...clip) / 8000));
  expect(least).toBeGreaterThan(0.48);
  expect(least).toBeLessThan(0.56);
  expect(most).toBeLessThan(2.05);
  expect(most).toBeGreaterThan(1.8);
  const shouted = varied(
    clips(20, () => 30_000),
    { maxGain: 20 },
  );
  expect(Math.max(...shouted.flat())).toBe(decodeMuLaw(encodeMuLaw(32_767)));
});

test('noise is a part of the loudness of the clip, so silence stays silent', () => {
  const noises = varied(tone, { maxNoise: 0.2 }).map((clip) => {
    const squares = clip.map((sample, index) => (sample - 8000 * Math.sin((2 * Math.PI * index) / 20)) ** 2);
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / LENGTH) / (8000 / Math.SQRT2);
  });
  const [least, most] = spread(noises);
  // The steps of mu-law are a noise of their own, of about 0.012.
  expect(least).toBeLessThan(0.04);
  expect(most).toBeGreaterThan(0.18);
  expect(most).toBeLessThan(0.23);
  const silence = varied(
    clips(5, () => 0),
    { maxNoise: 0.2 },
  );
  expect(new Set(silence.flat())).toEqual(new Set([0]));
});

test('speed moves the ends of a clip, not its middle', () => {
  const two = clips(200, (index) => (index === 100 || index === 300 ? 20_000 : 0));
  const apart = varied(two, { maxSpeed: 0.1 }).map((clip) => {
    const left = peakOf(clip.slice(0, 200));
    return 200 + peakOf(clip.slice(200)) - left;
  });
  const [least, most] = spread(apart);
  expect(least).toBeGreaterThanOrEqual(180);
  expect(least).toBeLessThan(186);
  expect(most).toBeLessThanOrEqual(224);
  expect(most).toBeGreaterThan(214);
});

test('a tilted clip has some of every sample added to the next one, or taken away', () => {
  const parts = varied(click, { maxTilt: 0.9 }).map((clip) => {
    expect(clip[200]).toBe(decodeMuLaw(encodeMuLaw(20_000)));
    expect(clip.filter((sample) => sample !== 0).length).toBeLessThanOrEqual(2);
    return clip[201] / 20_000;
  });
  const [least, most] = spread(parts);
  expect(least).toBeGreaterThan(-0.92);
  expect(least).toBeLessThan(-0.8);
  expect(most).toBeLessThan(0.92);
  expect(most).toBeGreaterThan(0.8);
});

test('a coloured clip has parts of 16 samples added to the later ones, smaller ones for longer ago', () => {
  const echoes = varied(click, { maxColour: 0.8 }).map((clip) => {
    expect(clip[200]).toBe(decodeMuLaw(encodeMuLaw(20_000)));
    expect([...clip.slice(0, 200), ...clip.slice(217)].every((sample) => sample === 0)).toBe(true);
    return clip.slice(201, 217).map((sample) => sample / 20_000);
  });
  for (let tap = 0; tap < 16; tap++) {
    const bound = 0.8 * 0.85 ** tap;
    const [least, most] = spread(echoes.map((parts) => parts[tap]));
    expect(least).toBeGreaterThan(-1.03 * bound);
    expect(least).toBeLessThan(-0.85 * bound);
    expect(most).toBeLessThan(1.03 * bound);
    expect(most).toBeGreaterThan(0.85 * bound);
  }
});

const network = lineNetwork('both');
const recipe = { ...pictureRecipe(network), augmentation: { kind: 'sound', ...every, maxShift: 4 } } as const;
const options = { recipe, dataset: toyPictureDataset(network.inputShape ?? []), seed: 1, backend: 'wasm' } as const;

test('a training of sounds is varied, and is the same for the same seed', async () => {
  const [one, again] = [await train(options), await train(options)];
  const plain = await train({ ...options, recipe: pictureRecipe(network) });
  expect(again.history).toEqual(one.history);
  expect(plain.history).not.toEqual(one.history);
});

test('settings out of range, and networks of pictures, are refused by name', async () => {
  const wrong = (augmentation: SoundAugmentation) => train({ ...options, recipe: { ...recipe, augmentation } });
  const rejection = { code: 'model.bad-value' };
  await expect(wrong({ kind: 'sound', maxSpeed: 0.6 })).rejects.toMatchObject({
    ...rejection,
    details: { maxSpeed: 0.6 },
  });
  await expect(wrong({ kind: 'sound', maxTilt: 1 })).rejects.toThrow(
    'augmentation.maxTilt must be a number from 0 to 0.95',
  );
  await expect(wrong({ kind: 'sound', maxColour: 1.1 })).rejects.toThrow(
    'augmentation.maxColour must be a number from 0 to 1',
  );
  await expect(wrong({ kind: 'sound', maxNoise: -1 })).rejects.toThrow(
    'augmentation.maxNoise must be a number from 0 up',
  );
  const pictures = { ...toyRecipe(), augmentation: { kind: 'sound' } } as const;
  const training = train({ recipe: pictures, dataset: toyDataset(), seed: 1, backend: 'cpu' });
  await expect(training).rejects.toThrow(/begin with a layer of kind 'mu-law'/);
});
