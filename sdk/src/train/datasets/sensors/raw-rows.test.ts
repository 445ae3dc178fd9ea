import { describe, expect, test } from 'vitest';
import { rawExamples } from './raw-rows.js';
import { writeNpy } from './testing/write-npy.js';

const scale = { offset: 0, multiplier: 1, shift: 0 };
const network = {
  shape: [2, 2],
  channels: [
    { name: 'x', countsPerUnit: 1000, scale },
    { name: 'y', countsPerUnit: 1, scale: { ...scale, offset: 100 } },
  ],
};
const read = (text: string, file = 'a.csv') => rawExamples(new TextEncoder().encode(text), file, network);

describe('raw rows', () => {
  test('become examples, whatever the order of their columns; those behind the last window are left out', async () => {
    const rows = 'y,t,x\n101,0,1\n102,0,2\n103,0,3\n104,0,4\n105,0,5\n';
    expect((await read(rows)).map((example) => [...example])).toEqual([
      [1, 1, 2, 2],
      [3, 3, 4, 4],
    ]);
    const lines = await read('{"x":1,"y":101}\n{"x":300,"y":0}', 'a.jsonl');
    expect(lines.map((example) => [...example])).toEqual([[1, 1, 255, 0]]);
    const array = writeNpy({ type: '<i2', isFortran: false, shape: [2, 2], values: [1, 101, 2, 102] });
    expect((await rawExamples(array, 'a.npy', network)).map((example) => [...example])).toEqual([[1, 1, 2, 2]]);
  });

  test.each([
    ['units', 'x,y\n0.5,1\n2,3', 'data.bad-value', /line 2, column x is 0.5, which is no raw count/],
    ['too few rows', 'x,y\n1,2', 'data.shape-mismatch', /has 1 rows, but an example takes 2/],
    ['no such channel', 'x,z\n1,2\n1,2', 'data.not-found', /has no column "y"/],
  ])('with %s are refused', async (_, text, code, message) => {
    await expect(read(text)).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    );
  });

  test('in a file of another kind are refused', async () => {
    await expect(read('', 'a.png')).rejects.toThrow('neither CSV, NPY');
  });
});
