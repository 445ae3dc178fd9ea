import { expect, test } from 'vitest';
import type { BinarizationMode } from '../../train/network/network.js';
import { modesDrawing } from './modes.js';

const epoch = (number: number, kActivation = 3) => ({
  epoch: number,
  kWeight: 3 * number,
  kActivation,
  learningRate: 1e-3,
  loss: 0.5,
  softAccuracy: 0.9,
  hardAccuracy: 0.5 + number / 10,
  isBest: true,
});
const course = (mode: BinarizationMode, seed: number, epochs: number) => ({
  mode,
  seed,
  history: Array.from({ length: epochs }, (_, index) => epoch(index + 1)),
});

/** Lines of that colour: an area mark is a group with its colour, and a path a line. */
function lines(svg: string, colour: string): number {
  const groups = svg.match(new RegExp(`<g[^>]* stroke="var\\(${colour}\\)"[^>]*>(<path[^>]*>(</path>)?)*`, 'g')) ?? [];
  return groups.join('').split('<path').length - 1;
}

test('modes stand side by side, each with a line a seed for soft and hard, and the k where something is binary', () => {
  const svg = modesDrawing([course('real', 1, 3), course('both', 1, 4), course('both', 2, 4)]);
  expect(svg).toMatch(/^<svg\s+xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  const colours = ['--soft', '--hard', '--sharpness', '--sharpness-activation'];
  expect(colours.map((colour) => lines(svg, colour))).toEqual([3, 3, 2, 2]);
  for (const text of ['real', 'both', 'k of weights']) expect(svg).toContain(`>${text}</text>`);
});

test('one k for weights and activations is one line', () => {
  const history = [epoch(1, 3), epoch(2, 6)];
  const svg = modesDrawing([{ mode: 'both', seed: 1, history }]);
  expect([lines(svg, '--sharpness'), lines(svg, '--sharpness-activation')]).toEqual([1, 0]);
});

test('a training of one epoch can be drawn', () => {
  expect(lines(modesDrawing([course('both', 1, 1)]), '--hard')).toBe(1);
});
