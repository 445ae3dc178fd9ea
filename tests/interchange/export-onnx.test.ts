import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeOnnx } from '@adiabit/sdk/interchange';
import { type BinarizedModel, createOracle } from '@adiabit/sdk/model';
import type { Network } from '@adiabit/simulator/network';
import { exampleVectors, freeze, loadMnist, type LayerSpec, type NetworkSpec } from '@adiabit/sdk/train';
import { randomInputs, randomLayers, valuesOf } from '../../simulator/src/network/testing/random-layers.js';
import { randomNetwork, untrainedNetwork } from '../../sdk/src/train/testing/random-networks.js';
import { repeatableNumbers } from '../support/numbers.js';
import { runOnnx } from '../support/onnx-runtime.js';
import { overRecordings, pictureNetwork } from '../support/sample-networks.js';

const named = (network: Network, name = 'sample'): BinarizedModel => ({ ...network, name });

/** Holds ONNX Runtime's integers to the oracle's. */
async function expectSame(model: BinarizedModel, inputs: readonly Uint8Array[]): Promise<void> {
  const oracle = createOracle(model);
  const expected = inputs.map((input) => oracle(input));
  const { outputs, classes } = await runOnnx(writeOnnx(model), inputs);
  expect(outputs).toEqual(expected.map((trace) => trace.outputs));
  expect(classes).toEqual(expected.map((trace) => trace.class));
}

describe('a model written as ONNX', () => {
  it('gives the integers of the oracle in ONNX Runtime, whatever its layers', async () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    await fc.assert(
      fc.asyncProperty(seeds, async (seed) => {
        const next = repeatableNumbers(seed);
        const network = randomLayers(next);
        if (valuesOf(network) > 60_000) return;
        await expectSame(named(network), randomInputs(next, network, 6));
      }),
      { numRuns: 150 },
    );
  });

  it('gives the integers of the oracle for networks as freezing makes them', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const { network, inputs } = randomNetwork(seed, 12);
      let model;
      try {
        ({ model } = freeze(network, inputs));
      } catch {
        continue;
      }
      await expectSame(model, inputs);
    }
  });

  describe('on 10,000 examples', () => {
    const network = (name: string, inputShape: readonly number[], layers: readonly LayerSpec[]): NetworkSpec => ({
      name,
      inputs: inputShape.reduce((product, size) => product * size),
      inputShape,
      inputBits: 8,
      divisor: 255,
      mode: 'both',
      layers,
    });
    const fire: LayerSpec = { kind: 'activation', activation: 'tanh' };
    const narrow = (filters: number): LayerSpec => ({ kind: 'convolution', filters, size: 3, stride: 2 });
    const last: LayerSpec = { units: 10, activation: 'none' };

    const digits = async () => exampleVectors((await loadMnist()).test);
    const recordings = (samples: number) => {
      const next = repeatableNumbers(20);
      return Array.from({ length: 10_000 }, () => Uint8Array.from({ length: samples }, () => next(256)));
    };

    it.each([
      network(
        'dense digits',
        [28, 28, 1],
        [{ kind: 'flatten' }, { units: 64, activation: 'tanh' }, { units: 32, activation: 'rectified-tanh' }, last],
      ),
      network(
        'a small convolution network with batch norm, 8-bit weights first',
        [28, 28, 1],
        [
          { ...narrow(4), realIn: ['both'] } as LayerSpec,
          ...([{ kind: 'max-pool', size: 2 }, { kind: 'batch-norm' }, fire, narrow(8)] as const),
          ...([{ kind: 'batch-norm' }, fire, { kind: 'flatten' }, last] as const),
        ],
      ),
      network(
        'a residual network',
        [28, 28, 1],
        [
          ...([narrow(4), { kind: 'batch-norm' }, fire, narrow(4), { kind: 'batch-norm' }] as const),
          ...([
            fire,
            { kind: 'convolution', filters: 4, size: 3 },
            { kind: 'batch-norm' },
            { kind: 'add', from: 4 },
          ] as const),
          ...([{ kind: 'activation', activation: 'relu' }, { kind: 'global-average-pool' }, last] as const),
        ],
      ),
    ])('gives the integers of the oracle: $name', async (spec) => {
      const inputs = await digits();
      const { model } = freeze(untrainedNetwork(spec, inputs.slice(0, 40), 3), inputs.slice(0, 40));
      expect(inputs.length).toBe(10_000);
      await expectSame(model, inputs);
    });

    it('gives the integers of the oracle: recordings in mu-law, prepared', async () => {
      const spec = network(
        'recordings',
        [160, 1],
        [
          ...([
            { kind: 'mu-law' },
            { kind: 'standardize' },
            { kind: 'convolution', filters: 4, size: 8, stride: 4 },
          ] as const),
          ...([{ kind: 'max-pool', size: 2 }, { kind: 'batch-norm' }, fire] as const),
          ...([{ kind: 'convolution', filters: 8, size: 4, stride: 2 }, { kind: 'batch-norm' }, fire] as const),
          ...([{ kind: 'global-average-pool' }, last] as const),
        ],
      );
      const inputs = recordings(160);
      const { model } = freeze(untrainedNetwork(spec, inputs.slice(0, 40), 4), inputs.slice(0, 40));
      expect(model.input.preparation?.samples).toBe('muLaw');
      await expectSame(model, inputs);
    });
  });

  it('prepares recordings in the same integers', async () => {
    const next = repeatableNumbers(5);
    const network = overRecordings(pictureNetwork(next));
    await expectSame(named(network), randomInputs(next, network, 50));
  });
});
