import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBinaryDense } from '../../model/model.js';
import { createOracle } from '../../model/oracle.js';
import { Random } from '../../random.js';
import { hardOutputs } from '../evaluation/evaluate-hard.js';
import type { LayerSpec } from '../network/layer-specs.js';
import { type NetworkSpec, resolveLayers } from '../network/network.js';
import { initialParameters, toTrainedNetwork } from '../network/parameters.js';
import type { TrainedNetwork } from '../network/trained-network.js';
import { freeze } from './freeze.js';
import { stepFor } from './integers.js';

const last: LayerSpec = { units: 3, activation: 'none' };

/** A network of random binary weights, its inputs [height, width, 1] or plain. */
function networkOf(shape: readonly number[], layers: readonly LayerSpec[], bits = 8, seed = 1): TrainedNetwork {
  const inputs = shape.reduce((product, length) => product * length, 1);
  const spec: NetworkSpec = {
    name: 'ranges',
    inputs,
    inputBits: bits,
    divisor: 1,
    mode: 'both',
    layers: [...layers, last],
    ...(shape.length > 1 ? { inputShape: shape } : {}),
  };
  const resolved = resolveLayers(spec);
  // A mean that no sum meets, so that float64 decides as exact numbers do.
  const statistics = resolved.flatMap(({ kind, outputShape }, index) => {
    if (kind !== 'batch-norm') return [];
    const channels = outputShape[outputShape.length - 1] ?? 0;
    const mean = new Float32Array(channels).fill(0.1);
    return [[index, { mean, variance: new Float32Array(channels).fill(1) }] as const];
  });
  return toTrainedNetwork(spec, initialParameters(resolved, Random.fromSeed(seed)), new Map(statistics));
}

function examplesFor({ input }: TrainedNetwork, count = 40, seed = 2): Uint8Array[] {
  const random = Random.fromSeed(seed);
  return Array.from({ length: count }, () =>
    Uint8Array.from({ length: input.count }, () => random.below(2 ** input.bits)),
  );
}

/** That the integers have the hard network's outputs, to half a step. */
function expectSameOutputs(network: TrainedNetwork): void {
  const examples = examplesFor(network);
  const { model, report } = freeze(network, examples);
  const oracle = createOracle(model);
  expect(report).toMatchObject({ isExact: true, agreement: { equal: examples.length, total: examples.length } });
  const real = examples.map(hardOutputs(network));
  const differences = examples.flatMap((example, index) =>
    [...oracle(example).outputs].map((integer, output) => Math.abs(integer * report.outputUnit - real[index][output])),
  );
  expect(Math.max(...differences)).toBeLessThanOrEqual(report.outputUnit / 2 + 1e-9);
  expect(report.agreement.largestDifference).toBeCloseTo(Math.max(...differences), 12);
}

const hardTanh: LayerSpec = { kind: 'activation', activation: 'hard-tanh' };
const padded: LayerSpec = { kind: 'convolution', filters: 4, size: 3, padding: 'same' };
const stepped: readonly LayerSpec[] = [{ kind: 'batch-norm' }, hardTanh];

describe('what stands outside a picture', () => {
  it.each<[string, readonly LayerSpec[]]>([
    ['averages of signs', [padded, ...stepped, { kind: 'average-pool', size: 2 }, padded]],
    ['averages of nine signs', [padded, ...stepped, { kind: 'average-pool', size: 3, stride: 1 }, padded]],
    ['sums of two layers of signs', [padded, ...stepped, padded, ...stepped, { kind: 'add', from: 2 }, padded]],
    ['signs less a mean', [{ kind: 'normalize', mean: [0.25], deviation: [1] }, padded]],
    ['weighed sums', [padded, padded]],
  ])('is 0 in real numbers, after %s', (name, layers) => {
    const bits = name.includes('mean') ? 1 : 8;
    expectSameOutputs(networkOf([6, 6, 1], [...layers, ...stepped, { kind: 'flatten' }], bits));
  });

  it('is 0 near enough where no integer is, and then nothing is called exact', () => {
    const normalize: LayerSpec = { kind: 'normalize', mean: [0.3], deviation: [0.7] };
    const network = networkOf([6, 6, 1], [normalize, padded, { kind: 'flatten' }], 1);
    const { report } = freeze(network, examplesFor(network));
    expect(report.isExact).toBe(false);
    const { minimum, maximum } = report.agreement.outputs;
    expect(report.agreement.largestDifference / (maximum - minimum)).toBeLessThan(0.005);
  });

  it('does not matter where windows stay inside', () => {
    const inside: LayerSpec = { kind: 'convolution', filters: 4, size: 1, padding: 'same' };
    expectSameOutputs(
      networkOf(
        [6, 6, 1],
        [{ kind: 'normalize', mean: [77.7], deviation: [3] }, inside, ...stepped, { kind: 'flatten' }],
      ),
    );
  });
});

describe('the range of values', () => {
  const none: LayerSpec = { units: 4, activation: 'none' };
  const plain: LayerSpec = { kind: 'convolution', filters: 4, size: 3 };
  const cases: readonly (readonly [string, readonly number[], readonly LayerSpec[]])[] = [
    ['sums of 100 inputs', [100], [none]],
    ['sums of sums', [60], [none, none]],
    ['averages of sums', [6, 6, 1], [plain, { kind: 'average-pool', size: 2 }, { kind: 'flatten' }]],
    ['residuals', [6, 6, 1], [plain, plain, { kind: 'add', from: 0 }, { kind: 'flatten' }]],
  ];

  it.each(cases)('keeps every sum that 16 bits hold: %s', (_, shape, layers) => {
    expectSameOutputs(networkOf(shape, layers, 1));
  });

  it.each(cases)('gives larger ones a larger step, and cuts none off: %s', (_, shape, layers) => {
    const network = networkOf(shape, layers, 8);
    const largest = new Uint8Array(network.input.count).fill(255);
    const { agreement, held } = freeze(network, [
      largest,
      largest.map((_value, at) => 255 * (at % 2)),
      ...examplesFor(network),
    ]).report;
    expect(held).toEqual([]);
    expect(agreement.largestDifference / (agreement.outputs.maximum - agreement.outputs.minimum)).toBeLessThan(1e-3);
  });

  it('is told where an activation is held at the largest value of the examples', () => {
    const spec: NetworkSpec = {
      name: 'held',
      inputs: 20,
      inputBits: 8,
      divisor: 255,
      mode: 'weights',
      layers: [{ units: 5, activation: 'rectified-tanh' }, last],
    };
    const network = toTrainedNetwork(spec, initialParameters(resolveLayers(spec), Random.fromSeed(1)));
    const { report } = freeze(network, examplesFor(network));
    expect(report.isExact).toBe(false);
    expect(report.held).toMatchObject([{ layer: 0 }]);
    const [{ holds, reach }] = report.held;
    expect(holds).toBeGreaterThan(1);
    // No more than all twenty inputs at their largest.
    expect(reach).toBeGreaterThan(holds);
    expect(reach).toBeLessThanOrEqual(20);
  });

  it('has the smallest power of two as its step with which the largest value fits', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-30, max: 1e30, noNaN: true }),
        fc.integer({ min: 1, max: 32_767 }),
        (magnitude, limit) => {
          const step = stepFor(magnitude, limit);
          expect(Number.isInteger(Math.log2(step))).toBe(true);
          expect(magnitude / step).toBeLessThanOrEqual(limit);
          expect(magnitude / (step / 2)).toBeGreaterThan(limit);
        },
      ),
    );
    expect(stepFor(0, 255)).toBe(1);
  });
});

describe('a mean per input', () => {
  it('is a constant of each neuron: the network stays binary throughout', () => {
    const random = Random.fromSeed(3);
    const mean = Array.from({ length: 30 }, () => random.uniform(0, 255));
    const normalize: LayerSpec = { kind: 'normalize', mean, deviation: mean.map(() => 61.3) };
    const network = networkOf([30], [normalize, { units: 9, activation: 'sigmoid' }]);
    expectSameOutputs(network);
    expect(isBinaryDense(freeze(network).model)).toBe(true);
  });
});
