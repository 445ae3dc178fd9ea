import { describe, expect, it } from 'vitest';
import { bitMatrixFrom, getBit, setBit, createBitMatrix, popcount32 } from '../bits/bit-matrix.js';
import { CompiledEngine } from '../engines/compiled.js';
import { ReferenceEngine } from '../engines/reference.js';
import { runInferences } from '../engines/run.js';
import { elaborate } from '../circuit/unrolled/elaborate.js';
import { randomNetwork } from '../circuit/unrolled/testing/random-network.js';
import { elaborateFolded } from '../circuit/folded/elaborate-folded.js';
import { kindOf } from '../netlist/netlist.js';
import type { Network } from '../network/network.js';
import { createOracle } from '../network/oracle.js';
import { Random } from '../random.js';
import { streamOf } from './plan.js';
import { constantBit, drawDistinct, faultSites } from './sites.js';
import { stuckAt } from './stuck-at.js';
import { tryUpsets, withFlips } from './upsets.js';

const random = Random.fromSeed(1, 'faults');
const network = randomNetwork([12, 9, 4], 2, 1, (below) => random.below(below));
const circuit = elaborate('faulty', network);
const inputs = Array.from({ length: 40 }, () => Uint8Array.from({ length: 12 }, () => random.below(4)));
const engine = new CompiledEngine(circuit.netlist, 1);
const { classes: labels, outputs: healthy } = await runInferences(circuit, engine, inputs);

describe('upsets', () => {
  it('flip just so many different bits, others for another trial, the same for the same seed', () => {
    for (const count of [0, 1, 7, circuit.configuration.columns]) {
      const flipped = withFlips(circuit.configuration, count, Random.fromSeed(2, 'a'));
      const changed = flipped.words.reduce(
        (sum, word, at) => sum + popcount32(word ^ circuit.configuration.words[at]),
        0,
      );
      expect(changed).toBe(count);
      expect(withFlips(circuit.configuration, count, Random.fromSeed(2, 'a'))).toEqual(flipped);
    }
    const seven = (stream: string) => withFlips(circuit.configuration, 7, Random.fromSeed(2, stream));
    expect(seven('b')).not.toEqual(seven('a'));
  });

  it('cost nothing when none flips, and more the more flip', async () => {
    const trials = await tryUpsets(circuit, inputs, labels, { flips: [0, 1, 60], trials: 8, seed: 3 });
    expect(trials).toHaveLength(24);
    const mean = (flips: number): number => {
      const some = trials.filter((trial) => trial.flips === flips);
      return some.reduce((sum, { accuracy }) => sum + accuracy, 0) / some.length;
    };
    expect(mean(0)).toBe(1);
    expect(mean(1)).toBeGreaterThan(mean(60));
    expect(await tryUpsets(circuit, inputs, labels, { flips: [0, 1, 60], trials: 8, seed: 3 })).toEqual(trials);
  });

  it('refuse more flips than there are bits, and stop when asked to', async () => {
    const plan = { trials: 1, seed: 1 };
    await expect(tryUpsets(circuit, inputs, labels, { ...plan, flips: [1e9] })).rejects.toMatchObject({
      code: 'data.bad-value',
    });
    const signal = AbortSignal.abort();
    await expect(tryUpsets(circuit, inputs, labels, { ...plan, flips: [1], signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('a net that is stuck', () => {
  it('is what flipping a configuration bit is, where the net is that bit', async () => {
    const { netlist } = circuit;
    const cells = Array.from({ length: netlist.cells.count }, (_, cell) => cell);
    const bits = cells.filter((cell) => kindOf(netlist.cells, cell) === 'configuration');
    for (const bit of [0, 5, 100, bits.length - 1]) {
      const value = getBit(circuit.configuration, 0, bit) === 1 ? 0 : 1;
      const flipped = createBitMatrix(1, circuit.configuration.columns);
      flipped.words.set(circuit.configuration.words);
      if (value === 1) setBit(flipped, 0, bit);
      else flipped.words[bit >>> 5] &= ~(1 << (bit & 31));
      const stuck = stuckAt(netlist, netlist.cells.out[bits[bit]], value);
      const run = await runInferences({ ...circuit, netlist: stuck }, new CompiledEngine(stuck, 1), inputs);
      const expected = await runInferences({ ...circuit, configuration: flipped }, engine, inputs);
      expect(run.outputs).toEqual(expected.outputs);
    }
  });

  it('gives the same outputs in both engines, and other ones than a healthy circuit for some nets', async () => {
    const { netlist, timing } = circuit;
    let different = 0;
    for (let trial = 0; trial < 12; trial++) {
      const stuck = stuckAt(netlist, 2 + random.below(netlist.netCount - 2), random.below(2) === 1 ? 1 : 0);
      const some = inputs.slice(0, 3);
      const run = async (one: CompiledEngine | ReferenceEngine): Promise<Int32Array | string> =>
        runInferences({ ...circuit, netlist: stuck, timing }, one, some).then(
          ({ outputs }) => outputs,
          (error: unknown) => (error as { code: string }).code,
        );
      const outputs = await run(new CompiledEngine(stuck, 1));
      expect(await run(new ReferenceEngine(stuck))).toEqual(outputs);
      if (String(outputs) !== String(healthy.slice(0, outputs.length))) different++;
    }
    expect(different).toBeGreaterThan(0);
  });

  it('has to be in the netlist', () => {
    expect(() => stuckAt(circuit.netlist, circuit.netlist.netCount, 0)).toThrow('There is no net');
  });
});

describe('faults of a folded circuit', () => {
  const next = (below: number): number => random.below(below);
  const network: Network = {
    input: { count: 8, bits: 2 },
    layers: [
      {
        kind: 'dense',
        inputs: 8,
        outputs: 6,
        inputEncoding: 'unsigned',
        weights: bitMatrixFrom(6, 8, () => next(2) === 1),
        activation: { kind: 'threshold', thresholds: Int32Array.from({ length: 6 }, () => next(7) - 3) },
      },
      {
        kind: 'dense',
        inputs: 6,
        outputs: 3,
        inputEncoding: 'bipolar',
        weights: bitMatrixFrom(3, 6, () => next(2) === 1),
        activation: { kind: 'integer', shift: 0, offsets: Int32Array.of(1, 0, -1) },
      },
    ],
  };
  const folding = {
    inputValues: 2,
    layers: [
      { pe: 2, simd: 4 },
      { pe: 1, simd: 3 },
    ],
  };
  const folded = elaborateFolded('folded', network, folding);
  const vectors = Array.from({ length: 50 }, () => Uint8Array.from({ length: 8 }, () => next(4)));
  const oracle = createOracle(network);
  const expected = vectors.map((vector) => oracle(vector).class);

  it('flip the bits of weights and constants: the same as a circuit that was built with them', async () => {
    const seed = 4;
    const trials = await tryUpsets(folded, vectors, expected, { flips: [0, 5], trials: 20, seed });
    const sites = faultSites(folded, 'configuration');
    let worse = 0;
    for (const { flips, trial, accuracy } of trials) {
      const drawn = drawDistinct(flips, sites, Random.fromSeed(seed, streamOf({ flips, trial })));
      const bits = [...drawn].map((position) => constantBit(folded.netlist, position));
      const memories = folded.netlist.memories.map((memory, index) => {
        const width = memory.data.length;
        const isHit = (at: number): boolean =>
          bits.some((bit) => 'memory' in bit && bit.memory === index && bit.bit === at);
        if (memory.contents === undefined) return memory;
        const { contents, depth } = memory;
        return {
          ...memory,
          contents: bitMatrixFrom(depth, width, (y, x) => (getBit(contents, y, x) === 1) !== isHit(y * width + x)),
        };
      });
      const netlist = { ...folded.netlist, memories };
      const { classes } = await runInferences({ ...folded, netlist }, new CompiledEngine(netlist, 1), vectors);
      const correct = vectors.filter((_, index) => classes[index] === expected[index]).length;
      expect(accuracy).toBe(correct / vectors.length);
      if (accuracy < 1) worse++;
    }
    expect(trials[0]).toEqual({ flips: 0, trial: 0, accuracy: 1, unanswered: 0 });
    expect(worse).toBeGreaterThan(5);
  });

  it('flip registers of every inference in cycles of its own; some get no answer, which counts as wrong', async () => {
    const plan = { kind: 'registers', flips: [0, 1, 40], trials: 4, seed: 5 } as const;
    const trials = await tryUpsets(folded, vectors, expected, plan);
    expect(await tryUpsets(folded, vectors, expected, plan)).toEqual(trials);
    const mean = (flips: number, what: 'accuracy' | 'unanswered'): number =>
      trials.filter((trial) => trial.flips === flips).reduce((sum, trial) => sum + trial[what] / 4, 0);
    expect([mean(0, 'accuracy'), mean(0, 'unanswered')]).toEqual([1, 0]);
    expect(mean(1, 'accuracy')).toBeLessThan(1);
    expect(mean(40, 'accuracy')).toBeLessThan(mean(1, 'accuracy'));
    expect(mean(40, 'unanswered')).toBeGreaterThan(0.2);
    for (const { accuracy, unanswered } of trials) expect(accuracy + unanswered).toBeLessThanOrEqual(1 + 1e-9);
  });

  it('stick nets of either form at a value for a trial', async () => {
    const plan = { kind: 'stuck', flips: [0, 1, 200], trials: 3, seed: 6 } as const;
    for (const trials of [
      await tryUpsets(folded, vectors, expected, plan),
      await tryUpsets(circuit, inputs, labels, plan),
    ]) {
      const mean = (flips: number): number =>
        trials.filter((trial) => trial.flips === flips).reduce((sum, { accuracy }) => sum + accuracy / 3, 0);
      expect(mean(0)).toBeCloseTo(1);
      expect(mean(200)).toBeLessThan(mean(1));
    }
  });

  it('are refused where a circuit has no place for so many', async () => {
    await expect(
      tryUpsets(folded, vectors, expected, { kind: 'stuck', flips: [1e9], trials: 1, seed: 1 }),
    ).rejects.toMatchObject({ code: 'data.bad-value' });
  });
});
