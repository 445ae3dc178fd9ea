import { createOracle, type GoldenVector, type Network } from '@adiabit/simulator';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import type { IntegerMatrix } from '@adiabit/simulator/network';
import { Random } from '@adiabit/simulator/random';

/**
 * Pictures of 6 x 6 in two colours through every layer there is: 8-bit weights first and last, a padded convolution of
 * +1 and -1, pools, a residual sum, and few-bit values. Seeded.
 */
export function smallPictureNetwork(): Network {
  const random = Random.fromSeed(20261123, 'pictures');
  const bits = (rows: number, columns: number) => bitMatrixFrom(rows, columns, () => random.below(2) === 1);
  const integers = (rows: number, columns: number): IntegerMatrix => ({
    rows,
    columns,
    values: Int8Array.from({ length: rows * columns }, () => random.below(255) - 127),
  });
  const around = (count: number, spread: number) =>
    Int32Array.from({ length: count }, () => random.below(2 * spread) - spread);
  const same = { size: [3, 3], stride: [1, 1], padding: [1, 1] } as const;
  return {
    input: { count: 72, bits: 4, zeroPoints: Int32Array.of(7, 9) },
    layers: [
      {
        kind: 'convolution',
        inputShape: [6, 6, 2],
        outputShape: [6, 6, 4],
        ...same,
        inputEncoding: 'unsigned',
        weights: integers(4, 18),
        activation: { kind: 'threshold', thresholds: around(4, 900), inverted: Uint8Array.of(0, 1, 0, 0) },
      },
      {
        kind: 'pool',
        operation: 'extreme',
        takesMinimum: Uint8Array.of(0, 0, 1, 0),
        inputShape: [6, 6, 4],
        outputShape: [3, 3, 4],
        size: [2, 2],
        stride: [2, 2],
      },
      {
        kind: 'convolution',
        inputShape: [3, 3, 4],
        outputShape: [3, 3, 4],
        ...same,
        inputEncoding: 'bipolar',
        weights: bits(4, 36),
        activation: {
          kind: 'requantize',
          multipliers: Int32Array.of(5, -3, 4, 7),
          offsets: around(4, 40),
          shift: 2,
          minimum: -8,
          maximum: 7,
        },
      },
      { kind: 'add', from: [1, 2], inputShape: [3, 3, 4] },
      { kind: 'activation', inputShape: [3, 3, 4], activation: { kind: 'threshold', thresholds: around(4, 4) } },
      {
        kind: 'convolution',
        inputShape: [3, 3, 4],
        outputShape: [2, 2, 6],
        size: [2, 2],
        stride: [1, 1],
        padding: [0, 0],
        inputEncoding: 'unsigned',
        weights: bits(6, 16),
        activation: {
          kind: 'requantize',
          multipliers: around(6, 9),
          offsets: around(6, 99),
          shift: 3,
          minimum: 0,
          maximum: 15,
        },
      },
      {
        kind: 'pool',
        operation: 'sum',
        inputShape: [2, 2, 6],
        outputShape: [1, 1, 6],
        size: [2, 2],
        stride: [1, 1],
      },
      {
        kind: 'dense',
        inputs: 6,
        outputs: 3,
        inputEncoding: 'unsigned',
        weights: integers(3, 6),
        activation: { kind: 'integer', shift: 1, offsets: around(3, 200) },
      },
    ],
  };
}

/** Random inputs of a network and what the oracle answers to them. */
export function goldenVectorsOf(network: Network, count: number): readonly GoldenVector[] {
  const random = Random.fromSeed(7, 'golden');
  const oracle = createOracle(network);
  return Array.from({ length: count }, () => {
    const input = Uint8Array.from({ length: network.input.count }, () => random.below(2 ** network.input.bits));
    return { input, outputs: oracle(input).outputs };
  });
}
