import { expect, test } from 'vitest';
import { findRecipe } from '../recipes/families.js';
import { mnistNetwork } from '../recipes/recipes.js';
import { everyLayerNetwork } from '../testing/toy-pictures.js';
import { describeNetwork, summarizeNetwork } from './summary.js';

test('the MNIST network is 101,632 bits, 138 biases and 2 scales', () => {
  const summary = summarizeNetwork(mnistNetwork('both'));
  expect(summary).toMatchObject({
    binaryParameters: 784 * 128 + 128 * 10,
    realParameters: 128 + 10 + 2,
    deployedBytes: 101_632 / 8 + 140 * 4,
    binaryMacs: 101_632,
    realMacs: 0,
  });
});

test('the mode moves parameters from real to binary, and changes no shape', () => {
  const both = summarizeNetwork(everyLayerNetwork('both'));
  const real = summarizeNetwork(everyLayerNetwork('real'));
  // 3x2x4x6 in the convolution with stride, 4x6 in its shortcut, 3x3x6x6 in the last, each with a scale.
  expect(both.binaryParameters).toBe(144 + 24 + 324);
  expect(real.binaryParameters).toBe(0);
  expect(both.binaryParameters + both.realParameters - 3).toBe(real.realParameters);
  expect(both.binaryMacs + both.realMacs).toBe(real.realMacs);
  // Six output positions of the first and the last, and of the shortcut.
  expect(both.binaryMacs).toBe(6 * (144 + 24 + 324));
  expect(both.layers.map(({ outputShape }) => outputShape)).toEqual(real.layers.map(({ outputShape }) => outputShape));
});

test('a summary prints as a table', () => {
  expect(describeNetwork(summarizeNetwork(mnistNetwork('both')))).toBe(
    'mnist-both  output   binary  real  binary MACs  real MACs\n' +
      'dense       128     100,352   129      100,352          0\n' +
      'dense       10        1,280    11        1,280          0\n' +
      'together            101,632   140      101,632          0\n' +
      'deployed: 13,264 bytes',
  );
});

test('a table is its entries, and for every input the number of a bit', () => {
  const { network } = findRecipe('mnist-logic')!;
  expect(summarizeNetwork(network)).toMatchObject({
    binaryParameters: 1000 * (16 + 4 * 10),
    realParameters: 0,
    deployedBytes: 7000,
    binaryMacs: 0,
  });
});
