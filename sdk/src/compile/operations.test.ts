import { expect, test } from 'vitest';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import type { Network } from '@adiabit/simulator/network';
import { operationsOf } from './operations.js';

const thresholds = (channels: number) => ({ kind: 'threshold', thresholds: new Int32Array(channels) }) as const;

/** 4 x 4 pixels of 8 bits; 3 filters of 3 x 3 with 8-bit weights, a pool of 2, 5 neurons over its bits, a bias after. */
const network: Network = {
  input: { count: 16, bits: 8 },
  layers: [
    {
      kind: 'convolution',
      inputShape: [4, 4, 1],
      outputShape: [4, 4, 3],
      inputEncoding: 'unsigned',
      size: [3, 3],
      stride: [1, 1],
      padding: [1, 1],
      activation: thresholds(3),
      weights: { rows: 3, columns: 9, values: new Int8Array(27) },
    },
    {
      kind: 'pool',
      operation: 'extreme',
      takesMinimum: new Uint8Array(3),
      inputShape: [4, 4, 3],
      outputShape: [2, 2, 3],
      size: [2, 2],
      stride: [2, 2],
    },
    {
      kind: 'dense',
      inputs: 12,
      outputs: 5,
      inputEncoding: 'unsigned',
      weights: bitMatrixFrom(5, 12, () => true),
      activation: { kind: 'integer', shift: 0, offsets: new Int32Array(5) },
    },
  ],
};

test('products are told apart by the bits of weights and values, and every weight is read once', () => {
  expect(operationsOf(network)).toEqual({
    bitProducts: 60,
    signedAdditions: 0,
    multiplications: 16 * 3 * 9,
    poolings: 4 * 3 * 4,
    activations: 16 * 3 + 5,
    lookUps: 0,
    weightBits: 27 * 8 + 60,
  });
});

test('one-bit weights of 8-bit values are additions', () => {
  const [, , dense] = network.layers;
  const only: Network = { input: { count: 12, bits: 8 }, layers: [{ ...dense, from: -1 } as typeof dense] };
  expect(operationsOf(only)).toMatchObject({ bitProducts: 0, signedAdditions: 60 });
  expect(operationsOf({ ...only, input: { count: 12, bits: 1 } })).toMatchObject({
    bitProducts: 60,
    signedAdditions: 0,
  });
});
