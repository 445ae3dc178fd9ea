import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bitMatrixFrom, getBit } from '../bits/bit-matrix.js';
import { randomNetwork } from '../circuit/unrolled/testing/random-network.js';
import type { CountingLayer } from './counting-layer.js';
import { countsOf, isBinaryDense, networkOfCounts, type BinaryDense } from './counts.js';
import { createOracle } from './oracle.js';
import { validateCounts } from './validate-counts.js';

/** The words of docs/formats/bitstream.md in the plainest arithmetic. */
function countedOutputs(layers: readonly CountingLayer[], input: Uint8Array): number[] {
  return layers.reduce<number[]>(
    (values, layer) => {
      const maximum = 2 ** layer.inputBits - 1;
      return Array.from({ length: layer.outputs }, (_, neuron) => {
        const accumulator = values.reduce(
          (sum, value, column) => sum + (getBit(layer.weights, neuron, column) ? value : maximum - value),
          0,
        );
        return layer.activation === 'threshold'
          ? Number(accumulator >= layer.thresholds[neuron])
          : accumulator * 2 ** layer.shift + layer.offsets[neuron];
      });
    },
    [...input],
  );
}

const dense = fc.record({
  widths: fc.array(fc.constantFrom(1, 2, 5, 31, 32, 33, 63, 64, 65), { minLength: 2, maxLength: 4 }),
  inputBits: fc.integer({ min: 1, max: 8 }),
  shift: fc.integer({ min: 0, max: 8 }),
  noise: fc.infiniteStream(fc.nat()),
});

it('counts give the outputs of the signed sums, and turn back into a network with the same counts', () => {
  fc.assert(
    fc.property(dense, ({ widths, inputBits, shift, noise }) => {
      const next = (below: number): number => Number(noise.next().value) % below;
      const network = randomNetwork(widths, inputBits, shift, next);
      const counts = countsOf(network);
      validateCounts(counts);
      expect(countsOf(networkOfCounts(counts))).toEqual(counts);
      for (let example = 0; example < 3; example++) {
        const input = Uint8Array.from({ length: widths[0] }, () => next(2 ** inputBits));
        expect(countedOutputs(counts, input)).toEqual([...createOracle(network)(input).outputs]);
      }
    }),
    { numRuns: 200 },
  );
});

it('values read as +1 and -1 are counted too, at every threshold that a sum can reach and beyond', () => {
  for (const inputs of [1, 2, 3, 5]) {
    for (let threshold = -inputs - 2; threshold <= inputs + 2; threshold++) {
      const weights = bitMatrixFrom(1, inputs, (_, column) => column % 2 === 0);
      const hidden: BinaryDense = {
        kind: 'dense',
        inputs,
        outputs: 1,
        weights,
        inputEncoding: 'bipolar',
        activation: { kind: 'threshold', thresholds: Int32Array.of(threshold) },
      };
      const last: BinaryDense = {
        kind: 'dense',
        inputs: 1,
        outputs: 1,
        weights: bitMatrixFrom(1, 1, () => true),
        inputEncoding: 'bipolar',
        activation: { kind: 'integer', shift: 2, offsets: Int32Array.of(-3) },
      };
      const network = { input: { count: inputs, bits: 1 }, layers: [hidden, last] };
      const counts = countsOf(network);
      for (let pattern = 0; pattern < 2 ** inputs; pattern++) {
        const input = Uint8Array.from({ length: inputs }, (_, bit) => (pattern >> bit) & 1);
        expect(countedOutputs(counts, input)).toEqual([...createOracle(network)(input).outputs]);
      }
    }
  }
});

it('a network that cannot be unrolled is refused by the layer that keeps it from that', () => {
  const network = randomNetwork([3, 2, 2], 1, 0, () => 1);
  const inverted = { ...network.layers[0].activation, inverted: Uint8Array.of(0, 1) };
  const [first, last] = network.layers;
  const other = { ...network, layers: [{ ...first, activation: inverted } as BinaryDense, last] };
  expect(isBinaryDense(other)).toBe(false);
  expect(() => countsOf(other)).toThrow('Layer 0 (dense) has no unrolled circuit');
  const shifted = { ...network, input: { ...network.input, zeroPoints: Int32Array.of(1, 1, 1) } };
  expect(() => countsOf(shifted)).toThrow('An input that is prepared or has zero points has no unrolled circuit');
});
