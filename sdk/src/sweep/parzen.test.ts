import { expect, test } from 'vitest';
import { Random } from '../random.js';
import type { SearchSpace } from '../project/sweep-config.js';
import { suggest, type Tried } from './parzen.js';
import { valueAt, type Point } from './space.js';

const space: SearchSpace = {
  rate: { from: 0.0001, to: 1, scale: 'log' },
  units: { from: 1, to: 64, step: 1 },
  kind: { values: ['a', 'b', 'c', 'd'] },
};

/** Is best at rate 0.01, 48 units and kind c. */
const score = ({ rate, units, kind }: Point): number =>
  -((Math.log10(Number(rate)) + 2) ** 2) - ((Number(units) - 48) / 16) ** 2 - (kind === 'c' ? 0 : 2);

const drawn = (random: Random): Point =>
  Object.fromEntries(Object.entries(space).map(([path, one]) => [path, valueAt(one, random.uniform())]));

function search(seed: number, points: number, isLearning: boolean): readonly Tried[] {
  const tried: Tried[] = [];
  for (let index = 0; index < points; index++) {
    const random = Random.fromSeed(seed, `point ${index}`);
    const point = isLearning && index >= 10 ? suggest(space, tried, random) : drawn(random);
    tried.push({ point, score: score(point) });
  }
  return tried;
}
const best = (tried: readonly Tried[]): number => Math.max(...tried.map((one) => one.score));

test('the same seed and outcomes give the same point', () => {
  const tried = search(3, 20, false);
  const once = suggest(space, tried, Random.fromSeed(7));
  expect(suggest(space, tried, Random.fromSeed(7))).toEqual(once);
  expect(suggest(space, tried, Random.fromSeed(8))).not.toEqual(once);
});

test('it finds better points than drawing at random, for most seeds and in the mean', () => {
  const seeds = Array.from({ length: 100 }, (_, seed) => seed);
  const learnt = seeds.map((seed) => best(search(seed, 50, true)));
  const random = seeds.map((seed) => best(search(seed, 50, false)));
  expect(seeds.filter((seed) => learnt[seed] > random[seed]).length).toBeGreaterThanOrEqual(75);
  const mean = (scores: readonly number[]): number => scores.reduce((sum, one) => sum + one, 0) / scores.length;
  expect(mean(learnt)).toBeGreaterThan(mean(random) + 0.2);
});

test('it goes where good points were', () => {
  const later = search(1, 60, true).slice(40);
  const mean = later.reduce((sum, one) => sum + one.score, 0) / later.length;
  const random = search(1, 60, false);
  expect(mean).toBeGreaterThan(random.reduce((sum, one) => sum + one.score, 0) / random.length + 2);
  expect(later.filter(({ point }) => point['kind'] === 'c').length).toBeGreaterThan(10);
});

test('values that were never tried are tried where no point is better than another', () => {
  const tried = Array.from({ length: 30 }, () => ({ point: { rate: 0.5, units: 3, kind: 'a' }, score: 1 }));
  const points = Array.from({ length: 200 }, (_, seed) => suggest(space, tried, Random.fromSeed(seed)));
  expect([...new Set(points.map(({ kind }) => kind))].sort()).toEqual(['b', 'c', 'd']);
  expect(Math.max(...points.map(({ units }) => Number(units)))).toBeGreaterThan(55);
});
