import { bitMatrixFrom } from '@adiabit/simulator/bits';
import { describe, expect, it } from 'vitest';
import type { BinarizedModel } from './model.js';
import { parseModel, serializeModel } from './model-file.js';

const modelOf = (tableInputs: number): BinarizedModel => ({
  name: 'logic',
  input: { count: 9, bits: 1 },
  layers: [
    {
      kind: 'logic',
      inputShape: [3, 3, 1],
      outputShape: [1, 2, 3],
      tableInputs,
      wires: Uint32Array.from({ length: 6 * tableInputs }, (_, at) => (5 * at) % 9),
      masks: bitMatrixFrom(6, 2 ** tableInputs, (table, entry) => (table + 3 * entry) % 7 < 3),
    },
    { kind: 'pool', operation: 'sum', inputShape: [1, 2, 3], outputShape: [1, 1, 3], size: [1, 2], stride: [1, 1] },
    {
      kind: 'activation',
      inputShape: [1, 1, 3],
      activation: { kind: 'integer', shift: 0, offsets: new Int32Array(3) },
    },
  ],
});

interface File {
  readonly layers: { masks: string[]; wires: number[] }[];
}

describe('a layer of logic in a model file', () => {
  it.each([2, 3, 4, 5, 6])('reads back as it was, with tables of %i inputs', (tableInputs) => {
    const model = modelOf(tableInputs);
    expect(parseModel(serializeModel(model))).toEqual(model);
  });

  it('has its masks as hexadecimal numbers, the entry for pins of 0 lowest', () => {
    const model = modelOf(2);
    const [logic] = model.layers;
    if (logic.kind !== 'logic') throw new Error('It begins with logic.');
    const [mask] = (JSON.parse(serializeModel(model)) as File).layers[0].masks;
    expect(Number.parseInt(mask, 16)).toBe(logic.masks.words[0]);
  });

  it('is refused with a mask of too few digits', () => {
    const file = JSON.parse(serializeModel(modelOf(4))) as File;
    file.layers[0].masks[1] = 'abc';
    expect(() => parseModel(JSON.stringify(file))).toThrow('mask of 3 hexadecimal digits, expected 4');
  });
});
