import { readFileSync } from 'node:fs';
import { CompiledEngine, runInferences } from '@adiabit/simulator';
import { startInProcess } from '@adiabit/simulator/boards';
import { compile, createOracle, isBinaryDense } from '@adiabit/sdk';
import {
  type Dataset,
  exampleVectors,
  findRecipe,
  freeze,
  predictHard,
  type Recipe,
  train,
  withCentredInputs,
  withClasses,
} from '@adiabit/sdk/train';
import { describe, expect, it } from 'vitest';
import { imageOf, machine } from '../support/board-files.js';
import { RawLine } from '../support/raw-line.js';
import { accelerations, picturesOnWhite } from '../support/uncentred.js';

/** The demo's recipe with another input and a smaller hidden layer. */
function recipeFor({ train: { values, count, classes } }: Dataset, units: number): Recipe {
  const recipe = withClasses(findRecipe('mnist-demo')!, classes);
  const [, last] = recipe.network.layers;
  const layers = [{ units, activation: 'rectified-tanh' } as const, last];
  return { ...recipe, network: { ...recipe.network, inputs: values.length / count, layers } };
}

const trained = (recipe: Recipe, dataset: Dataset, seed = 1) => train({ recipe, dataset, seed, backend: 'wasm' });

describe('pictures on a white ground', () => {
  const dataset = picturesOnWhite(7);
  const recipe = recipeFor(dataset, 64);

  it('are learnt less their means, and ship as bits in circuit and firmware, equal in every output', async () => {
    const { network, hardTestAccuracy } = await trained(withCentredInputs(recipe, dataset.train), dataset);
    expect(hardTestAccuracy).toBeGreaterThan(0.95);
    const { model, report } = freeze(network, exampleVectors(dataset.validation));
    expect(isBinaryDense(model)).toBe(true);
    expect(report).toMatchObject({ isExact: true, held: [] });
    expect(report.agreement.equal).toBe(dataset.validation.count);

    const inputs = exampleVectors(dataset.test);
    const oracle = createOracle(model);
    const wanted = inputs.map((input) => oracle(input));
    expect(wanted.map((one) => one.class)).toEqual([...predictHard(network, dataset.test)]);
    const outputs = wanted.flatMap((one) => [...one.outputs]);
    const goldenInputs = inputs.slice(0, 2);
    for (const form of ['configurable', 'specialised'] as const) {
      const { circuit } = compile(model, { goldenInputs, form });
      expect([...(await runInferences(circuit, new CompiledEngine(circuit.netlist), inputs)).outputs]).toEqual(outputs);
    }

    const board = startInProcess(machine('uno'), { image: readFileSync(imageOf('uno')) });
    const line = new RawLine(board, 128);
    await line.install(0, compile(model, { goldenInputs }).bytes);
    for (const [index, input] of inputs.slice(0, 6).entries()) {
      expect((await line.infer(input))?.outputs).toEqual(wanted[index].outputs);
    }
    expect(board.fault).toBeUndefined();
    board.close();
  });

  it('are learnt badly as they are', async () => {
    expect((await trained(recipe, dataset)).hardTestAccuracy).toBeLessThan(0.9);
  });
});

describe('bytes of an accelerometer', () => {
  it('reach less their means what standardised ones reach, though their deviations differ', async () => {
    const { recorded, standardised } = accelerations(3);
    const reached = async (dataset: Dataset, isCentred = true): Promise<number> => {
      const recipe = recipeFor(dataset, 64);
      return (await trained(isCentred ? withCentredInputs(recipe, dataset.train) : recipe, dataset)).hardTestAccuracy;
    };
    const wanted = await reached(standardised);
    expect(wanted).toBeGreaterThan(0.8);
    expect(await reached(recorded)).toBeGreaterThan(wanted - 0.02);
    expect(await reached(recorded, false)).toBeLessThan(0.5);
  });
});
