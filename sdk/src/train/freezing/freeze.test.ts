import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { getBit } from '@adiabit/simulator/bits';
import { isBinaryDense } from '../../model/model.js';
import { createOracle } from '../../model/oracle.js';
import type { ActivationName, TrainedDenseNetwork, TrainedNetwork } from '../network/trained-network.js';
import { freeze } from './freeze.js';

const float32 = (range: number): fc.Arbitrary<number> =>
  fc.float({ min: -range, max: range, noNaN: true, noDefaultInfinity: true });

/** Any scale or bias: ordinary, tiny, exactly a multiple, zero or negative zero. */
const parameter = fc.oneof(
  float32(4),
  fc.constantFrom(0, -0, 1, -1, 0.5, 2 ** -20, -(2 ** -149)),
  float32(Math.fround(1e-6)),
);

interface Example {
  readonly network: TrainedDenseNetwork;
  readonly input: Uint8Array;
}

/** A network of one hidden layer at widths around a word, with 1-bit or many-bit inputs. */
const examples: fc.Arbitrary<Example> = fc
  .record({
    inputs: fc.constantFrom(1, 2, 31, 32, 33, 63, 64, 65),
    hidden: fc.constantFrom(1, 3, 31, 33),
    bits: fc.constantFrom(1, 2, 8),
    activation: fc.constantFrom<ActivationName>('tanh', 'rectified-tanh', 'sigmoid', 'hard-tanh', 'clipped-linear'),
    scale: parameter,
    lastScale: parameter.filter((scale) => Math.abs(scale) > 1e-3),
    biases: fc.infiniteStream(parameter),
    noise: fc.infiniteStream(fc.nat()),
  })
  .map(({ inputs, hidden, bits, activation, scale, lastScale, biases, noise }) => {
    const next = (below: number): number => Number(noise.next().value) % below;
    const bias = (count: number): Float32Array =>
      Float32Array.from({ length: count }, () => Number(biases.next().value));
    const kernel = (count: number): Float32Array => Float32Array.from({ length: count }, () => (next(3) - 1) / 10);
    const divisor = 2 ** bits - 1;
    return {
      network: {
        name: 'random',
        input: { count: inputs, bits, divisor },
        layers: [
          {
            kind: 'dense',
            inputs,
            outputs: hidden,
            kernel: kernel(inputs * hidden),
            scale,
            bias: bias(hidden),
            activation,
          },
          {
            kind: 'dense',
            inputs: hidden,
            outputs: 3,
            kernel: kernel(hidden * 3),
            scale: lastScale,
            bias: bias(3),
            activation: 'none',
          },
        ].map((layer) => ({ ...layer, binaryWeights: true, binaryActivation: true })),
      } as TrainedDenseNetwork,
      input: Uint8Array.from({ length: inputs }, () => next(2 ** bits)),
    };
  });

/** An exact binary fraction: numerator / 2^1074, the grid on which every double lies. */
const GRID = 1074n;
function onGrid(value: number): bigint {
  if (value === 0) return 0n;
  let mantissa = value;
  let exponent = 0n;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent++;
  }
  return BigInt(mantissa) << (GRID - exponent);
}

/** Hidden bits by the definition: sign(w) . x times scale plus bias * divisor, all on the exact grid. */
function hiddenBits({ network, input }: Example): number[] {
  const [{ kernel, outputs, scale, bias }] = network.layers;
  return Array.from({ length: outputs }, (_, neuron) => {
    const sum = input.reduce(
      (total, value, index) => total + (kernel[index * outputs + neuron] >= 0 ? value : -value),
      0,
    );
    const left = onGrid(scale) * BigInt(sum) + onGrid(bias[neuron]) * BigInt(network.input.divisor);
    return left >= 0n ? 1 : 0;
  });
}

describe('freezing', () => {
  it('fires exactly where the real-valued neuron does, for any scale, bias and input', () => {
    fc.assert(
      fc.property(examples, (example) => {
        const { model } = freeze(example.network);
        expect([...createOracle(model)(example.input).values[0]]).toEqual(hiddenBits(example));
      }),
      { numRuns: 1000 },
    );
  });

  it('decides a tie upwards: a sum that meets the threshold exactly fires', () => {
    const dense = { kind: 'dense' as const, binaryWeights: true, binaryActivation: true };
    const network: TrainedDenseNetwork = {
      name: 'tie',
      input: { count: 1, bits: 8, divisor: 255 },
      layers: [
        {
          ...dense,
          inputs: 1,
          outputs: 1,
          kernel: Float32Array.of(1),
          scale: 255,
          bias: Float32Array.of(-7),
          activation: 'rectified-tanh',
        },
        {
          ...dense,
          inputs: 1,
          outputs: 1,
          kernel: Float32Array.of(1),
          scale: 1,
          bias: Float32Array.of(0),
          activation: 'none',
        },
      ],
    };
    const oracle = createOracle(freeze(network).model);
    expect([6, 7, 8].map((value) => oracle(Uint8Array.of(value)).values[0][0])).toEqual([0, 1, 1]);
  });

  it('flips every weight of a layer with a negative scale, so that it fires upwards', () => {
    fc.assert(
      fc.property(examples, ({ network }) => {
        const { model } = freeze(network);
        if (!isBinaryDense(model)) throw new Error('It must be dense and binary.');
        network.layers.forEach(({ kernel, outputs, inputs, scale }, index) => {
          for (let input = 0; input < inputs; input++) {
            const positive = kernel[input * outputs] >= 0;
            expect(getBit(model.layers[index].weights, 0, input) === 1).toBe(positive !== scale < 0);
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  it('chooses enough fraction bits for the integer class to be the real one on every example', () => {
    const dense = { kind: 'dense' as const, binaryWeights: true, binaryActivation: true };
    const network: TrainedDenseNetwork = {
      name: 'fraction',
      input: { count: 2, bits: 1, divisor: 1 },
      layers: [
        {
          ...dense,
          inputs: 2,
          outputs: 2,
          kernel: Float32Array.of(1, 1, -1, -1),
          scale: 1,
          bias: Float32Array.of(0.3, 0.4),
          activation: 'none',
        },
      ],
    };
    const { model, report } = freeze(network, [Uint8Array.of(0, 0), Uint8Array.of(1, 1)]);
    expect(report.agreement).toMatchObject({ equal: 2, total: 2 });
    // 0.3 and 0.4 both round to 0 with no fraction bit and to 1 with one; two bits tell 1 from 2.
    expect(report.outputFractionBits).toBe(2);
    expect(createOracle(model)(Uint8Array.of(0, 0)).class).toBe(1);
  });

  const [sample] = fc.sample(examples, { numRuns: 1, seed: 3 });
  const codeOf = (network: TrainedNetwork): string => {
    try {
      freeze(network);
      return 'none';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('refuses NaN, parameters of another shape, a last layer that ignores its input and what only an input can be', () => {
    const [hidden, last] = sample.network.layers;
    const of = (...layers: TrainedNetwork['layers']): TrainedNetwork => ({ ...sample.network, layers });
    const shape = { inputShape: [1], outputShape: [1], inputs: 1, outputs: 1, dropout: 0 } as const;
    expect(codeOf(of(hidden, { kind: 'mu-law', ...shape }, last))).toBe('model.unsupported-layer');
    expect(codeOf(of({ ...hidden, bias: hidden.bias.map(() => NaN) }, last))).toBe('model.bad-value');
    expect(codeOf(of(hidden, { ...last, scale: 0 }))).toBe('model.bad-value');
    expect(codeOf(of(hidden, { ...last, inputs: last.inputs + 1 }))).toBe('model.shape-mismatch');
  });

  it('asks for examples when an activation stays real', () => {
    const [hidden, last] = sample.network.layers;
    const network = { ...sample.network, layers: [{ ...hidden, activation: 'relu' as const }, last] };
    expect(codeOf(network)).toBe('model.bad-value');
    expect(() => freeze(network)).toThrow('give freeze some examples');
    expect(freeze(network, [sample.input]).report.isExact).toBe(false);
  });
});
