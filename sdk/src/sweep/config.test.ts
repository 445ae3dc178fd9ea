import { expect, test } from 'vitest';
import { readSweep } from './config.js';

const sweep = { name: 'digits', space: { 'network.layers.0.units': { values: [8, 16] } } };

test('a sweep needs a name and a space', () => {
  expect(readSweep(sweep).config).toEqual(sweep);
  expect(readSweep({}).issues?.map(({ path }) => path)).toEqual(['name', 'space']);
});

test.each<[string, object, string]>([
  ['an endless dimension in a grid', { space: { rate: { from: 0, to: 1 } } }, 'space.rate'],
  ['a logarithmic scale from 0', { space: { rate: { from: 0, to: 1, step: 0.1, scale: 'log' } } }, 'space.rate'],
  ['a range the wrong way round', { space: { rate: { from: 2, to: 1, step: 1 } } }, 'space.rate'],
  ['a search that there is not', { search: { kind: 'guess', points: 3 } }, 'search.kind'],
  ['more trials than anybody trains', { seeds: Array.from({ length: 6000 }, (_, seed) => seed) }, 'space'],
  ['a field that there is not', { sede: [1] }, ''],
])('%s is said with its path', (_, change, path) => {
  expect(readSweep({ ...sweep, ...change }).issues?.[0].path).toBe(path);
});
