import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { decodeBitstream } from '@adiabit/simulator/bitstream';
import { CompiledEngine, runInferences } from '@adiabit/simulator/engines';
import { elaborate } from '@adiabit/simulator/circuit';
import { printNetlist } from '@adiabit/simulator/netlist';
import { countsOf } from '@adiabit/simulator/network';
import { createOracle } from '../model/oracle.js';
import type { DenseLayer, BinaryDense, BinaryDenseModel, InputEncoding } from '../model/model.js';
import { Random } from '../random.js';
import { compile } from './compile.js';
import type { Form } from './passes/index.js';

/** Any model: widths around a word, both encodings, thresholds inside and outside the reachable sums. */
const models = fc
  .record({
    widths: fc.array(fc.constantFrom(1, 2, 31, 32, 33, 63, 64, 65), { minLength: 2, maxLength: 4 }),
    bits: fc.integer({ min: 1, max: 8 }),
    encodings: fc.infiniteStream(fc.constantFrom<InputEncoding>('unsigned', 'bipolar')),
    shift: fc.integer({ min: 0, max: 6 }),
    noise: fc.infiniteStream(fc.nat()),
  })
  .map(({ widths, bits, encodings, shift, noise }) => {
    const next = (below: number): number => Number(noise.next().value) % below;
    const layers = widths.slice(1).map((outputs, index): BinaryDense => {
      const inputs = widths[index];
      const wide = index === 0 && bits > 1;
      const reach = inputs * (wide ? 2 ** bits : 1) + 2;
      const constants = Int32Array.from({ length: outputs }, () => next(2 * reach) - reach);
      return {
        kind: 'dense',
        inputs,
        outputs,
        inputEncoding: wide ? 'unsigned' : (encodings.next().value as InputEncoding),
        weights: bitMatrixFrom(outputs, inputs, () => next(2) === 1),
        activation:
          index === widths.length - 2
            ? { kind: 'integer', shift, offsets: constants }
            : { kind: 'threshold', thresholds: constants },
      };
    });
    const model: BinaryDenseModel = { name: 'random', input: { count: widths[0], bits }, layers };
    const inputs = Array.from({ length: 4 }, () => Uint8Array.from({ length: widths[0] }, () => next(2 ** bits)));
    return { model, inputs };
  });

describe('compiling', () => {
  it('gives a circuit, from the bitstream alone, whose every output is the model oracle’s', async () => {
    await fc.assert(
      fc.asyncProperty(models, async ({ model, inputs }) => {
        const { bytes } = compile(model, { goldenInputs: inputs });
        const { network, goldenVectors } = decodeBitstream(bytes);
        const circuit = elaborate('from bytes', network);
        const run = await runInferences(circuit, new CompiledEngine(circuit.netlist, 1), inputs);
        const traces = inputs.map(createOracle(model));
        expect([...run.outputs]).toEqual(traces.flatMap(({ outputs }) => [...outputs]));
        expect([...run.classes]).toEqual(traces.map((trace) => trace.class));
        expect(goldenVectors.map(({ outputs }) => outputs)).toEqual(traces.map(({ outputs }) => outputs));
      }),
      { numRuns: 40 },
    );
  });

  it('gives the pinned netlists: a change of them is meant, or a mistake', () => {
    const next = Random.fromSeed(20261123, 'pinned');
    const layer = (inputs: number, outputs: number, activation: BinaryDense['activation']): BinaryDense => ({
      kind: 'dense',
      inputs,
      outputs,
      inputEncoding: 'unsigned',
      activation,
      weights: bitMatrixFrom(outputs, inputs, () => next.below(2) === 1),
    });
    const thresholds = Int32Array.from({ length: 17 }, () => next.below(40) - 20);
    const model: BinaryDenseModel = {
      name: 'pinned',
      input: { count: 33, bits: 1 },
      layers: [
        layer(33, 17, { kind: 'threshold', thresholds }),
        layer(17, 5, { kind: 'integer', shift: 1, offsets: Int32Array.of(1, 0, -3, 2, 0) }),
      ],
    };
    const digest = (form: Form): string => {
      const text = [...printNetlist(compile(model, { form }).circuit.netlist)].join('\n');
      return createHash('sha256').update(text).digest('hex').slice(0, 16);
    };
    expect([digest('configurable'), digest('specialised')]).toEqual(['49c94c0f93ceae39', '8334481ddd8cd6a8']);
  });

  it('gives the same bytes for the same model', () => {
    const [{ model, inputs }] = fc.sample(models, { numRuns: 1, seed: 11 });
    expect(compile(model, { goldenInputs: inputs }).bytes).toEqual(compile(model, { goldenInputs: inputs }).bytes);
  });

  it('counts the worked example of docs/encoding.md', () => {
    // w = (+1, -1, +1), x unsigned with 2 bits: S = x0 - x1 + x2, A = S + 3, so S >= 1 is A >= 4.
    const weights = bitMatrixFrom(1, 3, (_, column) => column !== 1);
    const hidden: DenseLayer = {
      kind: 'dense',
      inputs: 3,
      outputs: 1,
      inputEncoding: 'unsigned',
      weights,
      activation: { kind: 'threshold', thresholds: Int32Array.of(1) },
    };
    const last: DenseLayer = {
      kind: 'dense',
      inputs: 1,
      outputs: 1,
      inputEncoding: 'bipolar',
      weights: bitMatrixFrom(1, 1, () => true),
      activation: { kind: 'integer', shift: 1, offsets: Int32Array.of(5) },
    };
    const counts = countsOf({ input: { count: 3, bits: 2 }, layers: [hidden, last] });
    expect([...counts[0].thresholds]).toEqual([4]);
    // S = 2 A - 1, output = 2 S + 5 = 4 A + 3.
    expect(counts[1].shift).toBe(2);
    expect([...counts[1].offsets]).toEqual([3]);
  });

  it('refuses outputs that do not fit 32 bits', () => {
    const [{ model }] = fc.sample(models, { numRuns: 1, seed: 5 });
    const last = model.layers[model.layers.length - 1];
    const offsets = new Int32Array(last.outputs).fill(-(2 ** 31));
    const layers = [
      ...model.layers.slice(0, -1),
      { ...last, activation: { kind: 'integer', shift: 1, offsets } as const },
    ];
    expect(() => compile({ ...model, layers })).toThrow('more than 31 bits');
  });
});
