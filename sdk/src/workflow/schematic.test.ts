import { readFileSync } from 'node:fs';
import { decodeBitstream, elaborate } from '@adiabit/simulator';
import { beforeAll, describe, expect, it } from 'vitest';
import { Schematics, type Schematic } from './schematic.js';

const digits = new URL('../../../examples/circuit-regression/digits.abit', import.meta.url);

describe('schematics of a circuit with 784 inputs and 128 neurons', () => {
  let schematics: Schematics;
  beforeAll(() => {
    const { network } = decodeBitstream(readFileSync(digits));
    schematics = new Schematics(elaborate('digits', network).netlist);
  });
  const labels = (schematic: Schematic): string[] =>
    schematic.kind === 'drawing' ? schematic.nodes.map(({ label }) => label).sort() : [];

  it('draw a neuron as blocks from the products to the comparison, with the numbers of their nets', async () => {
    const drawn = await schematics.draw({ part: 'layer0.neuron3' });
    expect(labels(drawn)).toEqual(
      ['accumulate', 'fires', 'layer0.control', 'out', 'popcount', 'products', 'threshold', 'weights', 'x'].sort(),
    );
    if (drawn.kind !== 'drawing') throw new Error('no drawing');
    const products = drawn.edges.find(({ from, to }) => from === 'port weights' && to.endsWith('.products'));
    expect(products?.nets).toBe(784);
    for (const { x, y, width } of drawn.nodes) {
      expect(x - width / 2).toBeGreaterThanOrEqual(-1);
      expect(x + width / 2).toBeLessThanOrEqual(drawn.width + 1);
      expect(y).toBeGreaterThanOrEqual(0);
    }
    for (const { points } of drawn.edges) expect(points.length % 6).toBe(2);
  });

  it('split a large popcount at its rows of registers, and list what leaves a large stage', async () => {
    const popcount = await schematics.draw({ part: 'layer0.neuron3.popcount' });
    expect(labels(popcount).filter((label) => label.startsWith('stage'))).toHaveLength(4);
    const stage = await schematics.draw({ part: 'layer0.neuron3.popcount@0' });
    if (stage.kind !== 'results') throw new Error('no results');
    expect(stage.results.length).toBeGreaterThan(100);
    const { net, cells } = stage.results[0];
    const cone = await schematics.draw({ net });
    if (cone.kind !== 'drawing') throw new Error('no drawing');
    expect(cone.nodes.filter(({ kind }) => kind === 'cell')).toHaveLength(cells);
  });

  it('draw small parts cell by cell, with the bits of ports and configuration by name', async () => {
    const drawn = await schematics.draw({ part: 'layer0.neuron3.fires' });
    expect(labels(drawn)).toContain('threshold[0]');
    expect(labels(drawn)).toContain('register');
  });

  it('say so when there is no such part or net', async () => {
    await expect(schematics.draw({ part: 'layer9' })).rejects.toMatchObject({ code: 'netlist.bad-name' });
    await expect(schematics.draw({ net: 1e9 })).rejects.toMatchObject({ code: 'netlist.bad-name' });
  });
});
