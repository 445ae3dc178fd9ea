import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { encodeBitstream, packInput, type Bitstream } from '@adiabit/simulator/bitstream';
import {
  createOracle,
  planMemory,
  type Activation,
  type ConvolutionLayer,
  type Layer,
  type Network,
  type Weights,
} from '@adiabit/simulator/network';

type Next = (below: number) => number;

const binary = (next: Next, rows: number, columns: number): Weights =>
  bitMatrixFrom(rows, columns, () => next(2) === 1);

const integer = (next: Next, rows: number, columns: number): Weights => ({
  rows,
  columns,
  values: Int8Array.from({ length: rows * columns }, () => next(255) - 127),
});

const thresholds = (next: Next, channels: number, spread: number): Activation => ({
  kind: 'threshold',
  thresholds: Int32Array.from({ length: channels }, () => next(2 * spread) - spread),
});

/** Windows of 3 x 3 every 1, with padding that keeps the picture's size. */
const same = (
  extent: number,
  channels: number,
  filters: number,
): Omit<ConvolutionLayer, 'inputEncoding' | 'weights' | 'activation'> => ({
  kind: 'convolution',
  inputShape: [extent, extent, channels],
  outputShape: [extent, extent, filters],
  size: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
});

/**
 * Returns a small picture network with every kind of layer: 8-bit weights first and last, binary convolutions over
 * bits of both encodings, a residual sum, pools of both kinds.
 */
export function pictureNetwork(next: Next, extent = 12): Network {
  const half = extent / 2;
  const layers: Layer[] = [
    {
      ...same(extent, 1, 8),
      inputEncoding: 'unsigned',
      weights: integer(next, 8, 9),
      activation: { ...thresholds(next, 8, 20_000), inverted: Uint8Array.of(0, 1, 0, 0, 1, 0, 0, 0) } as Activation,
    },
    {
      kind: 'pool',
      operation: 'extreme',
      takesMinimum: Uint8Array.of(0, 1, 0, 0, 1, 0, 0, 0),
      inputShape: [extent, extent, 8],
      outputShape: [half, half, 8],
      size: [2, 2],
      stride: [2, 2],
    },
    {
      ...same(half, 8, 16),
      inputEncoding: 'bipolar',
      weights: binary(next, 16, 72),
      activation: thresholds(next, 16, 6),
    },
    {
      ...same(half, 16, 16),
      inputEncoding: 'unsigned',
      weights: binary(next, 16, 144),
      activation: {
        kind: 'requantize',
        shift: 6,
        minimum: -128,
        maximum: 127,
        multipliers: Int32Array.from({ length: 16 }, () => 40 + next(80)),
        offsets: Int32Array.from({ length: 16 }, () => next(200) - 100),
      },
    },
    { kind: 'add', from: [2, 3], inputShape: [half, half, 16] },
    { kind: 'activation', inputShape: [half, half, 16], activation: thresholds(next, 16, 20) },
    {
      kind: 'pool',
      operation: 'sum',
      inputShape: [half, half, 16],
      outputShape: [1, 1, 16],
      size: [half, half],
      stride: [1, 1],
    },
    {
      kind: 'dense',
      inputs: 16,
      outputs: 10,
      inputEncoding: 'unsigned',
      weights: integer(next, 10, 16),
      activation: { kind: 'integer', shift: 0, offsets: Int32Array.from({ length: 10 }, () => next(2000) - 1000) },
    },
  ];
  return { input: { count: extent * extent, bits: 8 }, layers };
}

/**
 * Returns a small picture network that begins with a thermometer. The convolutions behind it are over bits, padded ones
 * and bipolar ones, large enough to run at many places at once.
 */
export function thermometerNetwork(next: Next, channels: number, levels: number): Network {
  const levelsOf = Int32Array.from({ length: channels * levels }, () => 1 + next(255));
  const layers: Layer[] = [
    { kind: 'thermometer', inputShape: [12, 12, channels], activation: { kind: 'threshold', thresholds: levelsOf } },
    {
      ...same(12, channels * levels, 8),
      inputEncoding: 'unsigned',
      weights: binary(next, 8, 9 * channels * levels),
      activation: thresholds(next, 8, 3),
    },
    {
      kind: 'pool',
      operation: 'extreme',
      inputShape: [12, 12, 8],
      outputShape: [6, 6, 8],
      size: [2, 2],
      stride: [2, 2],
    },
    {
      kind: 'convolution',
      inputShape: [6, 6, 8],
      outputShape: [5, 5, 9],
      size: [2, 2],
      stride: [1, 1],
      padding: [0, 0],
      inputEncoding: 'bipolar',
      weights: binary(next, 9, 32),
      activation: thresholds(next, 9, 4),
    },
    {
      kind: 'dense',
      inputs: 225,
      outputs: 5,
      inputEncoding: 'unsigned',
      weights: binary(next, 5, 225),
      activation: { kind: 'integer', shift: 0, offsets: Int32Array.from({ length: 5 }, () => next(20) - 10) },
    },
  ];
  return { input: { count: 144 * channels, bits: 8 }, layers };
}

/** The size of a network of logic: its input, the thresholds of a value (0: the input is bits), and its tables. */
export interface LogicSize {
  readonly inputs: number;
  readonly levels: number;
  readonly classes: number;
  readonly tablesPerClass: number;
  readonly tableInputs: number;
}

/** Returns a network of logic that counts the tables of each class; its wires and masks are random. */
export function logicNetwork(next: Next, size: LogicSize): Network {
  const { inputs, levels, classes, tablesPerClass, tableInputs } = size;
  const bits = inputs * Math.max(1, levels);
  const tables = classes * tablesPerClass;
  const thresholdsOf = Int32Array.from({ length: levels }, (_, level) =>
    Math.round((256 * (level + 1)) / (levels + 1)),
  );
  const thermometer: Layer[] = [
    { kind: 'thermometer', inputShape: [1, inputs, 1], activation: { kind: 'threshold', thresholds: thresholdsOf } },
  ];
  const counted = [1, 1, classes] as const;
  const layers: Layer[] = [
    ...(levels === 0 ? [] : thermometer),
    {
      kind: 'logic',
      inputShape: [1, 1, bits],
      outputShape: [1, tablesPerClass, classes],
      tableInputs,
      wires: Uint32Array.from({ length: tables * tableInputs }, () => next(bits)),
      masks: bitMatrixFrom(tables, 2 ** tableInputs, () => next(2) === 1),
    },
    {
      kind: 'pool',
      operation: 'sum',
      inputShape: [1, tablesPerClass, classes],
      outputShape: counted,
      size: [1, tablesPerClass],
      stride: [1, 1],
    },
    {
      kind: 'activation',
      inputShape: counted,
      activation: { kind: 'integer', shift: 0, offsets: new Int32Array(classes) },
    },
  ];
  return { input: { count: inputs, bits: levels === 0 ? 1 : 8 }, layers };
}

/** Puts the same network over recorded examples: standardized mu-law samples, 128 standing for 0. */
export function overRecordings({ input, layers }: Network): Network {
  const preparation = { kind: 'standardize', samples: 'muLaw', steps: 90_000 } as const;
  return { input: { ...input, preparation, zeroPoints: Int32Array.of(128) }, layers };
}

/** Returns a network as a bitstream, with inputs as they travel and what the oracle makes of them. */
export function sampleNetwork(network: Network, inputs: readonly Uint8Array[], goldenVectors: number) {
  const oracle = createOracle(network);
  const outputs = inputs.map((input) => oracle(input).outputs);
  const bitstream: Bitstream = {
    network,
    memory: planMemory(network),
    goldenVectors: inputs.slice(0, goldenVectors).map((input, index) => ({ input, outputs: outputs[index] })),
    description: { name: 'sample', modelDigest: '00', compiler: 'tests' },
  };
  const { count, bits } = network.input;
  const wire = inputs.map((input) => packInput(input, count, bits));
  return { bitstream, bytes: encodeBitstream(bitstream), inputs: wire, outputs };
}
