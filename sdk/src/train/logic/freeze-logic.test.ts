import { describe, expect, test } from 'vitest';
import { argmax, createOracle } from '../../model/oracle.js';
import { Random } from '../../random.js';
import { evaluateHard, predictHard } from '../evaluation/evaluate-hard.js';
import { hardened } from '../forward/sharpness.js';
import { freeze } from '../freezing/freeze.js';
import { type NetworkSpec, resolveLayers } from '../network/network.js';
import { initialParameters, toTrainedNetwork } from '../network/parameters.js';
import { predictLogic } from './logic-step.js';

const specOf = (tableInputs: number, depth: number, bits: 1 | 8): NetworkSpec => ({
  name: 'tables',
  inputs: 35,
  inputShape: [5, 7, 1],
  inputBits: bits,
  divisor: 1,
  layers: [
    ...(bits === 1 ? [] : [{ kind: 'thermometer', thresholds: [[60, 200]] } as const]),
    ...Array.from({ length: depth }, () => ({ kind: 'logic', tables: 33, tableInputs }) as const),
    { kind: 'group-sum', classes: 3, temperature: 2.5 },
  ],
  mode: 'both',
});

describe.each([2, 3, 4, 5, 6])('a network of tables of %i inputs', (tableInputs) => {
  test.each([
    [1, 8],
    [1, 1],
    [2, 8],
  ] as const)('is the same hard, in plain loops and frozen: %i layers, inputs of %i bits', (depth, bits) => {
    const spec = specOf(tableInputs, depth, bits);
    const layers = resolveLayers(spec);
    const random = Random.fromSeed(tableInputs);
    const parameters = initialParameters(layers, random);
    const count = 300;
    const values = Uint8Array.from({ length: 35 * count }, () => random.below(2 ** bits));
    const labels = Uint8Array.from({ length: count }, () => random.below(3));
    const examples = { count, shape: [5, 7], values, labels, classes: 3 };
    const network = toTrainedNetwork(spec, parameters);
    const plain = predictHard(network, examples);
    expect(new Set(plain).size).toBe(3);
    expect(predictLogic(layers, parameters, examples, hardened)).toEqual(plain);
    const vectors = Array.from({ length: count }, (_, at) => values.subarray(35 * at, 35 * (at + 1)));
    const { model, report } = freeze(network, vectors);
    expect(report).toMatchObject({ isExact: true, outputFractionBits: 0 });
    expect(report.agreement).toMatchObject({ equal: count, total: count });
    const oracle = createOracle(model);
    expect(vectors.map((vector) => argmax(oracle(vector).outputs))).toEqual([...plain]);
    expect(evaluateHard(network, examples)).toBeLessThan(1);
  });
});
