import { expect, test } from 'vitest';
import { layerDots } from './layer-dots.js';

test('a dense layer is a strip in rows of 64', () => {
  const dots = layerDots({ kind: 'dense', shape: [1, 1, 65], isBinary: true }, new Int32Array(65).fill(1));
  expect([dots.width, dots.height]).toEqual([64, 2]);
  expect([dots.levels[63], dots.levels[64], dots.levels[65]]).toEqual([1, 1, -1]);
});

test('maps lie side by side with a gap between, each with the values of its channel', () => {
  const values = Int32Array.of(0, 10, 1, 20, 2, 30, 3, 40);
  const { width, height, levels } = layerDots({ kind: 'pool', shape: [2, 2, 2], isBinary: false }, values);
  expect([width, height]).toEqual([5, 2]);
  expect([...levels].map((level) => Math.round(level * 40))).toEqual([0, 1, -40, 10, 20, 2, 3, -40, 30, 40]);
});

test('values that differ from those of the other side are marked', () => {
  const layer = { kind: 'dense', shape: [1, 1, 3], isBinary: true } as const;
  expect([...layerDots(layer, Int32Array.of(1, 0, 1), Int32Array.of(1, 1, 1)).levels]).toEqual([1, 2, 1]);
});
