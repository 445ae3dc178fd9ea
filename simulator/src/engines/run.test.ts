import { expect, it } from 'vitest';
import { elaborate } from '../circuit/unrolled/elaborate.js';
import { expectedOutputs } from '../circuit/unrolled/testing/definition.js';
import { randomNetwork } from '../circuit/unrolled/testing/random-network.js';
import { Random } from '../random.js';
import { CompiledEngine } from './compiled.js';
import { ReferenceEngine } from './reference.js';
import { runInferences } from './run.js';

/** Around one, two and four vectors of lanes. */
const BATCHES = [0, 1, 127, 128, 129, 255, 257, 511, 512, 513];

function randomCircuit(inputCount: number, inputBits: number, count: number) {
  const random = Random.fromSeed(inputCount, `run ${inputBits}`);
  const network = randomNetwork([inputCount, 5, 3], inputBits, 1, (below) => random.below(below));
  const inputs = Array.from({ length: count }, () =>
    Uint8Array.from({ length: inputCount }, () => random.below(2 ** inputBits)),
  );
  return { network, inputs, circuit: elaborate('run', network) };
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'batches of every size around the lanes of an engine give the outputs of the definition, inputs of %i bits',
  async (inputBits) => {
    let lowest = 0;
    for (const inputCount of [1, 31, 32, 33, 63, 64, 65]) {
      const { network, inputs, circuit } = randomCircuit(inputCount, inputBits, 513);
      const expected = inputs.map((input) => expectedOutputs(network, input));
      const classes = expected.map((outputs) => outputs.indexOf(Math.max(...outputs)));
      lowest = Math.min(lowest, ...expected.flat());
      for (const vectors of [1, 2, 4]) {
        const engine = new CompiledEngine(circuit.netlist, vectors);
        for (const count of BATCHES) {
          const run = await runInferences(circuit, engine, inputs.slice(0, count));
          expect([...run.outputs]).toEqual(expected.slice(0, count).flat());
          expect([...run.classes]).toEqual(classes.slice(0, count));
        }
      }
    }
    expect(lowest).toBeLessThan(0);
  },
);

it('inputs may be views that begin anywhere in a larger array', async () => {
  const { network, inputs, circuit } = randomCircuit(33, 3, 150);
  const all = new Uint8Array(1 + 33 * inputs.length);
  inputs.forEach((input, index) => all.set(input, 1 + 33 * index));
  const views = inputs.map((_, index) => all.subarray(1 + 33 * index, 34 + 33 * index));
  const run = await runInferences(circuit, new CompiledEngine(circuit.netlist, 1), views);
  expect([...run.outputs]).toEqual(inputs.flatMap((input) => expectedOutputs(network, input)));
});

it('the first value with too many bits is named by its input, in whatever group it comes', async () => {
  const { inputs, circuit } = randomCircuit(33, 2, 700);
  for (const engine of [new CompiledEngine(circuit.netlist, 1), new CompiledEngine(circuit.netlist)]) {
    for (const vector of [0, 127, 128, 600, 699]) {
      const wrong = inputs.map((input, index) => (index >= vector ? input.with(32, 4) : input));
      const refused = runInferences(circuit, engine, wrong);
      await expect(refused).rejects.toMatchObject({ code: 'data.bad-value', details: { vector } });
    }
  }
});

it('progress counts up to all inputs, and a run can be cancelled on the way', async () => {
  const { inputs, circuit } = randomCircuit(65, 1, 513);
  const progress: number[] = [];
  await runInferences(circuit, new CompiledEngine(circuit.netlist, 1), inputs, {
    onProgress: (done) => progress.push(done),
  });
  // One report per group, and more on a machine that pauses in between.
  expect(progress.length).toBeGreaterThanOrEqual(5);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect(progress.at(-1)).toBe(513);
  const controller = new AbortController();
  const many = Array.from({ length: 200 }, () => inputs).flat();
  const cancelled = runInferences(circuit, new ReferenceEngine(circuit.netlist), many, {
    signal: controller.signal,
    onProgress: () => {
      controller.abort();
    },
  });
  await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
});
