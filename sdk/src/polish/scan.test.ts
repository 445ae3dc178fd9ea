import { expect, test } from 'vitest';
import { Random } from '../random.js';
import { createReferenceScan, padded, type Direction } from './scan.js';
import { createScanKernel } from './scan-kernel.js';

const INPUTS = 3;
const directions: readonly Direction[] = ['rise', 'fall'];

test.each([1, 15, 16, 17, 33, 64, 1000])('the kernel adds up what the reference does, over %i images', (images) => {
  const random = Random.fromSeed(images);
  const { memory, scan } = createScanKernel(images, INPUTS);
  for (let input = 0; input < INPUTS; input++) {
    for (let image = 0; image < images; image++) memory.pixels[input * padded(images) + image] = random.below(256);
  }
  for (let image = 0; image < images; image++) {
    memory.slack[image] = random.below(256);
    memory.slack[padded(images) + image] = random.below(256);
    memory.effects[image] = random.below(65_536) - 32_768;
  }
  const reference = createReferenceScan(memory);
  for (let input = 0; input < INPUTS; input++) {
    for (const direction of directions) expect(scan(input, direction)).toBe(reference(input, direction));
  }
});

test('an image flips when its pixel exceeds its slack, never at a slack of 255, and padding never does', () => {
  const { memory, scan } = createScanKernel(5, 1);
  memory.pixels.set([0, 7, 8, 255, 255]);
  memory.slack.set([0, 7, 7, 254, 255]);
  memory.effects.set([1, 10, 100, 1000, 10_000]);
  expect(memory.effects).toHaveLength(16);
  memory.effects.fill(-1, 5);
  expect(scan(0, 'rise')).toBe(1100);
  expect(scan(0, 'fall')).toBe(11_110);
});

test('effects of the widest range add up without wrapping', () => {
  const images = 48_000;
  const { memory, scan } = createScanKernel(images, 1);
  memory.pixels.fill(9, 0, images);
  memory.effects.fill(-32_768);
  expect(scan(0, 'rise')).toBe(-32_768 * images);
});
