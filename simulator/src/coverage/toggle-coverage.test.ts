import { describe, expect, it } from 'vitest';
import { ReferenceEngine } from '../engines/reference.js';
import { runInferences } from '../engines/run.js';
import { elaborate } from '../circuit/unrolled/elaborate.js';
import { randomNetwork } from '../circuit/unrolled/testing/random-network.js';
import { kindOf, resultsOf } from '../netlist/netlist.js';
import { Random } from '../random.js';
import { toggleCoverage } from './toggle-coverage.js';

const random = Random.fromSeed(7, 'coverage');
const network = randomNetwork([33, 9, 4], 2, 1, (below) => random.below(below));
const circuit = elaborate('covered', network);
const inputs = Array.from({ length: 40 }, () => Uint8Array.from({ length: 33 }, () => random.below(4)));

/** The reference engine with its nets looked at in every cycle, one input at a time. */
class Looking extends ReferenceEngine {
  readonly history: number[][] = [];

  override evaluate(): void {
    super.evaluate();
    this.history.push([...this.values]);
  }
}

describe('toggle coverage', () => {
  it('is what the reference engine shows net by net, for a few inputs', async () => {
    const few = inputs.slice(0, 3);
    const coverage = await toggleCoverage(circuit, few);
    const rose = new Set<number>();
    const fell = new Set<number>();
    for (const input of few) {
      const looking = new Looking(circuit.netlist);
      await runInferences(circuit, looking, [input]);
      looking.history.forEach((values, cycle) => {
        if (cycle === 0) return;
        values.forEach((value, net) => {
          const before = looking.history[cycle - 1][net];
          if (before === 0 && value === 1) rose.add(net);
          if (before === 1 && value === 0) fell.add(net);
        });
      });
    }
    const { cells } = circuit.netlist;
    const expected = Array.from({ length: cells.count }, (_, cell) => cell)
      .filter((cell) => kindOf(cells, cell) !== 'configuration')
      .flatMap((cell) => resultsOf(cells, cell))
      .filter((net) => !rose.has(net) || !fell.has(net))
      .map((net) => ({ net, rose: rose.has(net), fell: fell.has(net) }));
    expect(coverage.missed.map(({ net, rose: up, fell: down }) => ({ net, rose: up, fell: down }))).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });

  it('counts every net once, part by part, and grows with the inputs', async () => {
    const coverages = await Promise.all([1, 10, 40].map((count) => toggleCoverage(circuit, inputs.slice(0, count))));
    for (const { nets, toggled, parts, missed } of coverages) {
      expect(nets).toBe(toggled + missed.length);
      expect(parts.reduce((sum, part) => sum + part.nets, 0)).toBe(nets);
      expect(parts.reduce((sum, part) => sum + part.toggled, 0)).toBe(toggled);
      expect(parts.map(({ part }) => part)).toEqual(expect.arrayContaining(['layer0', 'layer1']));
    }
    const counts = coverages.map(({ toggled }) => toggled);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts[0]).toBeLessThan(counts[2]);
  });

  it('of no inputs is nothing, and every net is named', async () => {
    const { toggled, nets, missed } = await toggleCoverage(circuit, []);
    expect(toggled).toBe(0);
    expect(missed.length).toBe(nets);
    expect(missed[0].cell).toMatch(/^n\d+ .*= .+ in \S+$/);
  });
});
