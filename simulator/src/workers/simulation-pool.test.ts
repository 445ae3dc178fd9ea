import { describe, expect, it } from 'vitest';
import { CompiledEngine } from '../engines/compiled.js';
import { runInferences } from '../engines/run.js';
import { DataError } from '../errors.js';
import { elaborate } from '../circuit/unrolled/elaborate.js';
import { randomNetwork } from '../circuit/unrolled/testing/random-network.js';
import { Random } from '../random.js';
import { openSimulationPool } from './index.js';

const random = Random.fromSeed(1, 'threads');
const network = randomNetwork([33, 9, 4], 2, 1, (below) => random.below(below));
const circuit = elaborate('shared', network);
/** More than wait for a thread at once. */
const inputs = Array.from({ length: 5300 }, () => Uint8Array.from({ length: 33 }, () => random.below(4)));

describe('a pool of threads', () => {
  it('gives the outputs of one thread, for any number and twice in a row', async () => {
    const expected = await runInferences(circuit, new CompiledEngine(circuit.netlist), inputs);
    for (const threads of [1, 2, 5]) {
      const pool = await openSimulationPool(circuit, threads, { cores: 5 });
      expect(pool.threads).toBe(threads);
      try {
        for (const count of [5300, 1, 0]) {
          let reported = 0;
          const run = await pool.run(inputs.slice(0, count), { onProgress: (done) => (reported = done) });
          expect(run.outputs).toEqual(expected.outputs.slice(0, count * 4));
          expect(run.classes).toEqual(expected.classes.slice(0, count));
          expect(reported).toBe(count);
        }
      } finally {
        await pool.close();
      }
    }
  });

  it('starts no more threads than there are cores and full passes of inputs', async () => {
    for (const [wanted, inputCount, threads] of [
      [1_000_000, 5300, 3],
      [1_000_000, 513, 2],
      [1_000_000, 0, 1],
      [2, 5300, 2],
    ]) {
      const pool = await openSimulationPool(circuit, wanted, { inputs: inputCount, cores: 3 });
      expect(pool.threads).toBe(threads);
      await pool.close();
    }
  });

  it('refuses what a single thread refuses, and goes on', async () => {
    await expect(openSimulationPool(circuit, 0)).rejects.toMatchObject({ code: 'data.bad-value' });
    const pool = await openSimulationPool(circuit, 2);
    try {
      await expect(pool.run([Uint8Array.of(1)])).rejects.toMatchObject({ code: 'data.shape-mismatch' });
      await expect(pool.run([new Uint8Array(33).fill(4)])).rejects.toMatchObject({ code: 'data.bad-value' });
      await expect(pool.run(inputs.slice(0, 3))).resolves.toMatchObject({ count: 3 });
    } finally {
      await pool.close();
    }
  });

  it('names the input that is wrong by its own number, not by that in the share of a thread', async () => {
    const pool = await openSimulationPool(circuit, 2);
    try {
      const wrong = inputs.map((input, index) => (index === 1111 ? new Uint8Array(33).fill(4) : input));
      const refused = pool.run(wrong);
      await expect(refused).rejects.toBeInstanceOf(DataError);
      await expect(refused).rejects.toMatchObject({ details: { vector: 1111 } });
    } finally {
      await pool.close();
    }
  });

  it('answers runs that were asked for at once one after the other', async () => {
    const expected = await runInferences(circuit, new CompiledEngine(circuit.netlist), inputs);
    const pool = await openSimulationPool(circuit, 2);
    try {
      const counts = [700, 1300, 5];
      const runs = await Promise.all(counts.map((count) => pool.run(inputs.slice(0, count))));
      runs.forEach(({ outputs }, index) => expect(outputs).toEqual(expected.outputs.slice(0, counts[index] * 4)));
    } finally {
      await pool.close();
    }
  });

  it('names the first of several wrong inputs, whichever thread comes upon one first', async () => {
    const pool = await openSimulationPool(circuit, 2);
    try {
      const wrong = inputs.map((input, index) =>
        index === 600 || index === 1111 ? new Uint8Array(33).fill(4) : input,
      );
      await expect(pool.run(wrong)).rejects.toMatchObject({ details: { vector: 600 } });
    } finally {
      await pool.close();
    }
  });

  it('stops when asked to', async () => {
    const pool = await openSimulationPool(circuit, 2);
    const signal = AbortSignal.abort();
    await expect(pool.run(inputs, { signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
