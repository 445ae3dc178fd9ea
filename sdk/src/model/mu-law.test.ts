import { expect, test } from 'vitest';
import { decodeMuLaw, encodeMuLaw, muLawTable } from './mu-law.js';

test('the silent, the smallest and the loudest bytes are those of G.711', () => {
  expect([0xff, 0xfe, 0xf0, 0xef, 0x80].map(decodeMuLaw)).toEqual([0, 8, 120, 132, 32_124]);
  expect([0x7f, 0x7e, 0x00].map(decodeMuLaw)).toEqual([0, -8, -32_124]);
});

test('every byte but the second zero comes back from its sample', () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0x7f);
  expect(bytes.map((byte) => encodeMuLaw(decodeMuLaw(byte)))).toEqual(bytes);
  expect(encodeMuLaw(decodeMuLaw(0x7f))).toBe(0xff);
});

test('every 16-bit sample becomes the byte whose sample is nearest', () => {
  const table = muLawTable();
  for (let sample = -32_768; sample < 32_768; sample += 7) {
    const found = Math.abs(table[encodeMuLaw(sample)] - sample);
    const nearest = table.reduce((best, value) => Math.min(best, Math.abs(value - sample)), Infinity);
    expect(found).toBe(nearest);
  }
});
