import { describe, expect, it } from 'vitest';
import { elaborate } from '../circuit/unrolled/elaborate.js';
import { randomNetwork } from '../circuit/unrolled/testing/random-network.js';
import { kindOf } from '../netlist/netlist.js';
import { Random } from '../random.js';
import { diffCircuits } from './diff.js';

const random = Random.fromSeed(1, 'diff');
const circuitOf = (widths: readonly number[]) => {
  const network = randomNetwork(widths, 2, 1, (below) => random.below(below));
  return elaborate('one', network);
};
const circuit = circuitOf([33, 9, 4]);
const inputs = Array.from({ length: 200 }, () => Uint8Array.from({ length: 33 }, () => random.below(4)));

/** The same circuit with one configuration bit flipped. */
const flipped = (position: number) => {
  const configuration = { ...circuit.configuration, words: circuit.configuration.words.slice() };
  configuration.words[position >>> 5] ^= 1 << (position & 31);
  return { ...circuit, configuration };
};

describe('the difference of two circuits', () => {
  it('is none between a circuit and itself', async () => {
    const difference = await diffCircuits(circuit, circuit, inputs);
    expect(difference).toEqual({
      vectors: 200,
      differing: 0,
      configuration: { bits: circuit.configuration.columns, differing: 0 },
    });
  });

  it('is found in the neuron whose weight was flipped, in a cell and a cycle, for every weight of a layer', async () => {
    const { cells, groups } = circuit.netlist;
    const owners = Array.from({ length: cells.count }, (_, cell) => cell)
      .filter((cell) => kindOf(cells, cell) === 'configuration')
      .map((cell) => groups[cells.group[cell]].name);
    const weights = owners.flatMap((name, position) => (/^layer1\..*\.weights/.test(name) ? [position] : []));
    expect(weights.length).toBe(9 * 4);
    let found = 0;
    for (const position of weights) {
      const { configuration, first, differing } = await diffCircuits(circuit, flipped(position), inputs);
      expect(configuration?.differing).toBe(1);
      expect(configuration?.first).toContain(owners[position]);
      if (first === undefined) continue;
      found++;
      expect(differing).toBeGreaterThan(0);
      expect(first.outputs[0]).not.toEqual(first.outputs[1]);
      const neuron = /neuron\d+/.exec(owners[position])?.[0] ?? owners[position];
      expect(first.cell?.cell).toContain(neuron);
      expect(first.cell?.values.toSorted()).toEqual([0, 1]);
      expect(first.cell?.cycle).toBeGreaterThanOrEqual(0);
      expect(first.cell?.cycle).toBeLessThanOrEqual(circuit.timing.latency);
    }
    expect(found).toBeGreaterThan(9);
  });

  it('between circuits of other cells is that of their outputs', async () => {
    const difference = await diffCircuits(circuit, circuitOf([33, 10, 4]), inputs);
    expect(difference.differing).toBeGreaterThan(0);
    expect(difference.configuration).toBeUndefined();
    expect(difference.first?.cell).toBeUndefined();
  });

  it('is refused between circuits that take other inputs or give another number of outputs', async () => {
    await expect(diffCircuits(circuit, circuitOf([32, 9, 4]), inputs)).rejects.toMatchObject({
      code: 'data.shape-mismatch',
      details: { field: 'inputCount', expected: 33, actual: 32 },
    });
    await expect(diffCircuits(circuit, circuitOf([33, 9, 5]), inputs)).rejects.toThrow('4 outputs, the second 5');
  });
});
