import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeOnnx } from '@adiabit/sdk/interchange';
import { type BinarizedModel, createOracle } from '@adiabit/sdk/model';
import type { Network } from '@adiabit/simulator/network';
import { freeze } from '@adiabit/sdk/train';
import { randomInputs, randomLayers, valuesOf } from '../../simulator/src/network/testing/random-layers.js';
import { randomNetwork } from '../../sdk/src/train/testing/random-networks.js';
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

  it('prepares recordings in the same integers', async () => {
    const next = repeatableNumbers(5);
    const network = overRecordings(pictureNetwork(next));
    await expectSame(named(network), randomInputs(next, network, 50));
  });
});
