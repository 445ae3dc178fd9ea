import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { encodeBitstream, packInput } from '@adiabit/simulator/bitstream';
import {
  createOracle,
  planMemory,
  type Activation,
  type ConvolutionLayer,
  type Network,
  type PoolLayer,
} from '@adiabit/simulator/network';
import { Random } from '../src/random.js';

const EXTENT = 16;
const FILTERS = [16, 32] as const;
const CLASSES = 10;

/** 3 x 3, the picture keeping its size. */
const window = (
  extent: number,
  channels: number,
  filters: number,
): Pick<ConvolutionLayer, 'kind' | 'inputShape' | 'outputShape' | 'size' | 'stride' | 'padding'> => ({
  kind: 'convolution',
  inputShape: [extent, extent, channels],
  outputShape: [extent, extent, filters],
  size: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
});

const halved = (extent: number, channels: number): PoolLayer => ({
  kind: 'pool',
  operation: 'extreme',
  takesMinimum: new Uint8Array(channels),
  inputShape: [extent, extent, channels],
  outputShape: [extent / 2, extent / 2, channels],
  size: [2, 2],
  stride: [2, 2],
});

/**
 * The shape of the cats and dogs, smaller: 16 x 16 pixels of 8 bits, a convolution of 16 filters with 8-bit weights, one
 * of 32 with binary ones, a pool of 2 after each, and ten classes from bits. Random weights.
 */
function pictureNetwork(random: Random): Network {
  const [first, second] = FILTERS;
  const half = EXTENT / 2;
  const flat = (half / 2) ** 2 * second;
  const near = (middle: number, spread: number, channels: number): Activation => ({
    kind: 'threshold',
    thresholds: Int32Array.from({ length: channels }, () => middle + random.below(2 * spread) - spread),
  });
  const binary = (rows: number, columns: number) => bitMatrixFrom(rows, columns, () => random.below(2) === 1);
  return {
    input: { count: EXTENT ** 2, bits: 8 },
    layers: [
      {
        ...window(EXTENT, 1, first),
        inputEncoding: 'unsigned',
        weights: {
          rows: first,
          columns: 9,
          values: Int8Array.from({ length: 9 * first }, () => random.below(255) - 127),
        },
        activation: near(0, 20_000, first),
      },
      halved(EXTENT, first),
      {
        ...window(half, first, second),
        inputEncoding: 'unsigned',
        weights: binary(second, 9 * first),
        activation: near(0, 6, second),
      },
      halved(half, second),
      {
        kind: 'dense',
        inputs: flat,
        outputs: CLASSES,
        inputEncoding: 'unsigned',
        weights: binary(CLASSES, flat),
        activation: { kind: 'integer', shift: 0, offsets: new Int32Array(CLASSES) },
      },
    ],
  };
}

/** Products of an input and a weight, those with padding too. */
export const PICTURE_MACS =
  EXTENT ** 2 * 9 * FILTERS[0] +
  (EXTENT / 2) ** 2 * 9 * FILTERS[0] * FILTERS[1] +
  (EXTENT / 4) ** 2 * FILTERS[1] * CLASSES;

/** The network's bitstream, pictures as they travel, and what the oracle makes of them. */
export function pictureCircuit(inferences: number) {
  const random = Random.fromSeed(7, 'pictures');
  const network = pictureNetwork(random);
  const { count, bits } = network.input;
  const pictures = Array.from({ length: inferences }, () =>
    Uint8Array.from({ length: count }, () => random.below(256)),
  );
  const oracle = createOracle(network);
  return {
    bytes: encodeBitstream({
      network,
      memory: planMemory(network),
      goldenVectors: [],
      description: { name: 'pictures', modelDigest: '00', compiler: 'bench' },
    }),
    inputs: pictures.map((picture) => packInput(picture, count, bits)),
    expected: pictures.map((picture) => oracle(picture).outputs),
  };
}
