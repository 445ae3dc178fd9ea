import { expect, test } from 'vitest';
import { emptyWindow, inputFrom, withRows } from './sensor-window.js';

test('a row of all values is an input', () => {
  expect(inputFrom(withRows(emptyWindow, [[1, 2, 3]], 3, 8), 3)).toEqual(Uint8Array.of(1, 2, 3));
});

test('shorter rows fill the input one after the other, and then the newest ones slide through', () => {
  const first = withRows(emptyWindow, [[1, 2]], 4, 8);
  expect(inputFrom(first, 4)).toBeUndefined();
  const second = withRows(first, [[3, 4]], 4, 8);
  expect(inputFrom(second, 4)).toEqual(Uint8Array.of(1, 2, 3, 4));
  expect(inputFrom(withRows(second, [[5, 6]], 4, 8), 4)).toEqual(Uint8Array.of(3, 4, 5, 6));
});

test('values are rounded, and held within what the network takes, which is counted', () => {
  const { values, held } = withRows(emptyWindow, [[-3, 2.6, 99]], 3, 4);
  expect(values).toEqual([0, 3, 15]);
  expect(held).toBe(2);
});

test('rows that cannot fill the input say so, with what would', () => {
  const { problem } = withRows(emptyWindow, [[1, 2, 3]], 4, 8);
  expect(problem).toContain('A row has 3 numbers, and the network takes 4');
  expect(withRows(withRows(emptyWindow, [[1, 2, 3]], 4, 8), [[1, 2, 3, 4]], 4, 8).problem).toBeUndefined();
});
