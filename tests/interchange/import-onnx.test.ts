import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importOnnx, writeOnnx, type ImportedModel, type ImportOnnxOptions } from '@adiabit/sdk/interchange';
import { argmax, createOracle, type BinarizedModel } from '@adiabit/sdk/model';
import { exampleVectors, loadMnist } from '@adiabit/sdk/train';
import { levelsOf } from '../../simulator/src/network/network.js';
import {
  randomBitConvolutions,
  randomInputs,
  randomLayers,
  valuesOf,
} from '../../simulator/src/network/testing/random-layers.js';
import { repeatableNumbers } from '../support/numbers.js';

interface Vectors {
  /** The shape of an input in the graph, channels first. */
  readonly input: readonly number[];
  readonly inputs: string;
  readonly outputs: readonly (readonly number[])[];
}

const vectorsFolder = new URL('../vectors/onnx/', import.meta.url);

async function imported(name: string, options?: ImportOnnxOptions) {
  const vectors = JSON.parse(await readFile(new URL(`${name}.json`, vectorsFolder), 'utf8')) as Vectors;
  const bytes = Buffer.from(vectors.inputs, 'base64');
  const count = vectors.input.reduce((product, size) => product * size);
  const [channels] = vectors.input;
  const inputs = vectors.outputs.map((_, index) =>
    channelsLast(bytes.subarray(index * count, (index + 1) * count), channels),
  );
  const file = await readFile(new URL(`${name}.onnx`, vectorsFolder));
  return { ...importOnnx(file, options), inputs, expected: vectors.outputs };
}

/** Bytes [channels, places] as we take them. */
function channelsLast(values: Uint8Array, channels: number): Uint8Array {
  const places = values.length / channels;
  return values.map((_, index) => values[(index % channels) * places + Math.floor(index / channels)]);
}

describe('networks of Brevitas and PyTorch', () => {
  it.each([
    ['brevitas-dense-1w1a', true, [12, 9]],
    ['brevitas-dense-2w2a', true, [12, 9]],
    ['brevitas-pictures-1w1a', true, [9, 14, 3]],
    ['brevitas-residual', false, [6, 8]],
  ])('are imported with the classes and numbers that PyTorch computes: %s', async (name, exact, shape) => {
    const { model, isExact, outputUnit, inputs, expected } = await imported(name);
    expect(isExact).toBe(exact);
    expect(model.trainedOn).toEqual({ kind: 'picture', shape });
    const oracle = createOracle(model);
    inputs.forEach((input, index) => {
      const { outputs, class: found } = oracle(input);
      expect(found).toBe(argmax(expected[index]));
      const far = Math.max(...expected[index].map((value, output) => Math.abs(value - outputs[output] * outputUnit)));
      expect(far).toBeLessThan(exact ? 1e-3 : 5e-3);
    });
  });

  it('are imported over lines, with the means that were taken off outside the graph', async () => {
    const { model, notes, inputs, expected } = await imported('torch-line', {
      input: { mean: [0.5], deviation: [0.25] },
    });
    const oracle = createOracle(model);
    expect(inputs.map((input) => oracle(input).class)).toEqual(expected.map(argmax));
    expect(notes).toEqual([{ kind: 'rounded-weights', node: '/a/Conv', operator: 'Conv' }]);
  });

  it('are imported with the classes that PyTorch gives to 1,000 digits: TFC of Brevitas, as trained', async () => {
    const file = await readFile(new URL('tfc-1w1a.onnx', vectorsFolder));
    const { classes } = JSON.parse(await readFile(new URL('tfc-1w1a.json', vectorsFolder), 'utf8')) as {
      readonly classes: string;
    };
    const { model, isExact } = importOnnx(file);
    expect(isExact).toBe(true);
    const oracle = createOracle(model);
    const digits = exampleVectors((await loadMnist()).test, 1000);
    expect(digits.map((digit) => oracle(digit).class).join('')).toBe(classes);
  });

  it('keep binary weights as bits', async () => {
    const { model } = await imported('brevitas-pictures-1w1a');
    const weighted = model.layers.filter((layer) => 'weights' in layer);
    expect(weighted.map(({ weights }) => 'words' in weights)).toEqual([true, true, true]);
  });
});

/** Holds an imported model to the one that was written: the same outputs to half a unit, and the same classes. */
function expectSame(
  model: BinarizedModel,
  { model: again, outputUnit }: ImportedModel,
  inputs: readonly Uint8Array[],
): void {
  const [before, after] = [createOracle(model), createOracle(again)];
  for (const input of inputs) {
    const { outputs, class: found } = before(input);
    const trace = after(input);
    const far = Array.from(outputs, (value, output) => Math.abs(trace.outputs[output] * outputUnit - value));
    expect(Math.max(...far)).toBeLessThanOrEqual(outputUnit / 2);
    expect(trace.class).toBe(found);
  }
}

describe('a model that was written as ONNX', () => {
  const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

  it('is imported with the same outputs, whatever its layers', () => {
    let compared = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const next = repeatableNumbers(seed);
        const network = randomLayers(next);
        if (network.input.preparation !== undefined || valuesOf(network) > 20_000) return;
        const model: BinarizedModel = { ...network, name: 'written' };
        const inputs = randomInputs(next, network, 8);
        const { bits } = network.input;
        const file = writeOnnx(model);
        // Sums beyond 2^24 are put together from digits, which are no values of the network.
        if (Buffer.from(file).includes('/digit0/')) return;
        const again = importOnnx(file, { input: { bits } });
        if (!again.isExact) return;
        compared++;
        expectSame(model, again, inputs);
      }),
      { numRuns: 120 },
    );
    expect(compared).toBeGreaterThan(15);
  });

  it('with a thermometer is imported with that thermometer', () => {
    let compared = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const next = repeatableNumbers(seed);
        const network = randomBitConvolutions(next);
        const model: BinarizedModel = { ...network, name: 'written' };
        const file = writeOnnx(model);
        // Windows that leave the edge of a picture out are written with Slice, which is not read.
        if (Buffer.from(file).includes('/cut')) return;
        const again = importOnnx(file, { input: { bits: network.input.bits } });
        const [first] = network.layers;
        if (first.kind !== 'thermometer') throw new Error('The network begins with something else.');
        // One level is a comparison as any other.
        if (levelsOf(first) > 1)
          expect(again.model.layers[0]).toMatchObject({ kind: 'thermometer', activation: first.activation });
        if (!again.isExact) return;
        compared++;
        expectSame(model, again, randomInputs(next, network, 4));
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(15);
  });
});
