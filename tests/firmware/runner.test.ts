import { join } from 'node:path';
import { countsOf, packInput } from '@adiabit/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/host-device.js';
import { KERNELS, runBitstream, type Kernel } from '../support/host-tools.js';
import { repeatableNumbers } from '../support/numbers.js';
import { evaluate, sampleCircuit } from '../support/sample-circuits.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('gcc', 'make');
const WIDTHS = [1, 31, 32, 33, 63, 64, 65, 255, 256, 257, 784, 1024];
const BITS = [1, 2, 3, 5, 8];

describe.skipIf(missing.length > 0)(titled('the runner of the firmware', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const next = repeatableNumbers(31);

  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.dispose());

  const run = (bytes: Uint8Array, inputs: readonly Uint8Array[], kernel?: Kernel): Int32Array =>
    runBitstream(bytes, inputs, join(folder.path, 'circuit.abit'), kernel);
  const joined = (outputs: readonly Int32Array[]): Int32Array =>
    Int32Array.from(outputs.flatMap((output) => [...output]));

  const cases = WIDTHS.flatMap((width) => BITS.map((bits) => [width, bits] as const));
  const nearSevenWords = [97, 160, 193, 224, 225].map((width) => [width, 1 + (width % 2)] as const);
  it.each([...cases, ...nearSevenWords])(
    'computes what the format says with %i inputs of %i bits, with every kernel',
    (width, inputBits) => {
      const hidden = WIDTHS[next(WIDTHS.length)];
      const circuit = sampleCircuit(next, { widths: [width, hidden, 5], inputBits, goldenVectors: 6 });
      const extremes = [0, 2 ** inputBits - 1].map((value) => new Uint8Array(width).fill(value));
      const inputs = [...circuit.inputs, ...extremes.map((values) => packInput(values, width, inputBits))];
      const expected = joined([
        ...circuit.outputs,
        ...extremes.map((values) => evaluate(countsOf(circuit.bitstream.network), values)),
      ]);
      for (const kernel of KERNELS) expect(run(circuit.bytes, inputs, kernel), kernel).toEqual(expected);
    },
  );

  it('computes deep circuits, and circuits of one layer', () => {
    for (const widths of [
      [20, 3],
      [65, 64, 63, 33, 32, 31, 10],
      [8, 1, 1, 1, 2],
    ]) {
      const circuit = sampleCircuit(next, { widths, inputBits: 8, goldenVectors: 10 });
      expect(run(circuit.bytes, circuit.inputs)).toEqual(joined(circuit.outputs));
    }
  });

  it('ignores input bits that mean nothing', () => {
    const narrow = sampleCircuit(next, { widths: [13, 4], inputBits: 1, goldenVectors: 1 });
    const dirty = narrow.inputs[0].slice();
    dirty[1] |= 0xe0;
    expect(run(narrow.bytes, [dirty])).toEqual(narrow.outputs[0]);
    const planes = sampleCircuit(next, { widths: [13, 4], inputBits: 3, goldenVectors: 1 });
    for (const kernel of KERNELS) {
      const dirtyValues = planes.inputs[0].map((value) => value | 0xf8);
      expect(run(planes.bytes, [dirtyValues], kernel), kernel).toEqual(planes.outputs[0]);
    }
  });
});
