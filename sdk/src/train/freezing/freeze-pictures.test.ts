import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseModel, serializeModel } from '../../model/model-file.js';
import type { BinarizedModel } from '../../model/model.js';
import { createOracle } from '../../model/oracle.js';
import { Random } from '../../random.js';
import { exampleVectors, type Examples } from '../datasets/dataset.js';
import { predictHard } from '../evaluation/evaluate-hard.js';
import type { LayerSpec } from '../network/layer-specs.js';
import { type NetworkSpec, resolveLayers } from '../network/network.js';
import { initialParameters, toTrainedNetwork } from '../network/parameters.js';
import type { TrainedNetwork } from '../network/trained-network.js';
import { everyLayerNetwork, lineNetwork, toyPictures, toySounds } from '../testing/toy-pictures.js';
import { freeze } from './freeze.js';

/** A network with random parameters: normalisations with slopes of both signs, and some of slope 0. */
function randomNetwork(spec: NetworkSpec, seed: number): TrainedNetwork {
  const random = Random.fromSeed(seed, 'freeze');
  const layers = resolveLayers(spec);
  const parameters = initialParameters(layers, random).map((layer, index) => {
    if (layers[index].kind !== 'batch-norm') {
      const scale = layer.scale.map(() => random.uniform(-2, 2));
      const isBinary = 'binaryWeights' in layers[index] && layers[index].binaryWeights;
      return { ...layer, scale: isBinary ? scale : layer.scale, bias: layer.bias.map(() => random.uniform(-1, 1)) };
    }
    const gamma = layer.scale.map((_, channel) => (channel % 5 === 3 ? 0 : random.uniform(-2, 2)));
    return { ...layer, scale: gamma, bias: layer.bias.map(() => random.uniform(-1, 1)) };
  });
  const statistics = new Map(
    layers.flatMap(({ kind, outputShape }, index) => {
      if (kind !== 'batch-norm') return [];
      const channels = outputShape[outputShape.length - 1] ?? 0;
      const mean = Float32Array.from({ length: channels }, () => random.uniform(-3, 3));
      const variance = Float32Array.from({ length: channels }, () => random.uniform(0.1, 9));
      return [[index, { mean, variance }] as const];
    }),
  );
  return toTrainedNetwork(spec, parameters, statistics);
}

const size = fc.constantFrom(1, 2, 3);
const padding = fc.constantFrom('same' as const, 'valid' as const);
const activation = fc.constantFrom(
  'sigmoid' as const,
  'tanh' as const,
  'rectified-tanh' as const,
  'hard-tanh' as const,
  'clipped-linear' as const,
);

/** Everything binary, pictures of 7 x 6 x 2: two convolutions with pools before or after their activation, and dense. */
const specs = fc
  .record({
    sizes: fc.tuple(size, size, size, size),
    strides: fc.tuple(size, size),
    paddings: fc.tuple(padding, padding),
    activations: fc.tuple(activation, activation),
    poolFirst: fc.tuple(fc.boolean(), fc.boolean()),
    bits: fc.constantFrom(1, 8),
    seed: fc.integer({ min: 0, max: 1e6 }),
    average: fc.boolean(),
  })
  .map(({ sizes, strides, paddings, activations, poolFirst, bits, seed, average }) => {
    const stage = (at: 0 | 1): LayerSpec[] => {
      const { [2 * at]: height, [2 * at + 1]: width } = sizes;
      const pool: LayerSpec = { kind: 'max-pool', size: [2, 1], stride: 1 };
      const activate: LayerSpec[] = [{ kind: 'batch-norm' }, { kind: 'activation', activation: activations[at] }];
      const convolution: LayerSpec = {
        kind: 'convolution',
        filters: 5,
        size: [height, width],
        stride: at === 0 ? strides[0] : 1,
        padding: paddings[at],
      };
      const isSmall = at === 1;
      if (isSmall) return [convolution, ...activate];
      return poolFirst[at] ? [convolution, pool, ...activate] : [convolution, ...activate, pool];
    };
    const end: LayerSpec = average ? { kind: 'global-average-pool' } : { kind: 'flatten' };
    const spec: NetworkSpec = {
      name: 'random',
      inputs: 84,
      inputShape: [7, 6, 2],
      inputBits: bits,
      divisor: 2 ** bits - 1,
      mode: 'both',
      layers: [
        ...stage(0),
        ...stage(1),
        end,
        { units: 6, activation: activations[1] },
        { kind: 'batch-norm' },
        { kind: 'activation', activation: activations[0] },
        { units: 4, activation: 'none' },
      ],
    };
    return { spec, seed, bits };
  });

function isBuildable(spec: NetworkSpec): boolean {
  try {
    return resolveLayers(spec).length > 0;
  } catch {
    return false;
  }
}

const classesOf = (model: BinarizedModel, examples: Examples) => {
  const oracle = createOracle(model);
  return exampleVectors(examples).map((input) => oracle(input).class);
};

describe('freezing convolutions', () => {
  it('decides as the hard network does, whatever the shapes, signs and order of layers', () => {
    let tried = 0;
    fc.assert(
      fc.property(
        specs.filter(({ spec }) => isBuildable(spec)),
        ({ spec, seed, bits }) => {
          const network = randomNetwork(spec, seed);
          const pictures = toyPictures([7, 6, 2], 12, seed);
          const examples = { ...pictures, values: pictures.values.map((value) => (bits === 1 ? value >> 7 : value)) };
          const { model, report } = freeze(network, exampleVectors(examples));
          expect(report.isExact).toBe(true);
          if (report.agreement.equal < 12) return;
          tried++;
          expect(classesOf(model, examples)).toEqual([...predictHard(network, examples)]);
        },
      ),
      { numRuns: 150, seed: 7 },
    );
    expect(tried).toBeGreaterThan(130);
  });

  it.each(['both', 'weights', 'activations', 'real'] as const)(
    'gives residuals, shortcuts, pools and real parts in mode %s an integer form near the network',
    (mode) => {
      let equal = 0;
      for (let seed = 0; seed < 10; seed++) {
        const network = randomNetwork(everyLayerNetwork(mode), seed);
        const pictures = toyPictures([8, 6, 2], 20, seed);
        const { model, report } = freeze(network, exampleVectors(pictures));
        expect(report.isExact).toBe(false);
        expect(parseModel(serializeModel(model))).toEqual(model);
        const expected = predictHard(network, pictures);
        equal += classesOf(model, pictures).filter((found, index) => found === expected[index]).length;
      }
      expect(equal).toBeGreaterThan(190);
    },
  );

  it('prepares sounds in integers and stays near the network', () => {
    const network = randomNetwork(lineNetwork('both'), 3);
    const sounds = toySounds([40, 1], 60, 4);
    const { model } = freeze(network, exampleVectors(sounds));
    expect(model.input.preparation).toMatchObject({ kind: 'standardize', samples: 'muLaw' });
    const expected = predictHard(network, sounds);
    expect(model.input.zeroPoints).toEqual(Int32Array.of(128));
    const equal = classesOf(model, sounds).filter((found, index) => found === expected[index]).length;
    expect(equal).toBeGreaterThan(54);
  });
});
