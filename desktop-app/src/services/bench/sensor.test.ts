import { expect, test } from 'vitest';
import { RowReader } from './sensor.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('lines of numbers are rows, apart by commas, semicolons, tabs or spaces', () => {
  expect(new RowReader().push(bytes('1,2\n3; 4.5\r\n-6\t7\r8 9\n'))).toEqual([
    [1, 2],
    [3, 4.5],
    [-6, 7],
    [8, 9],
  ]);
});

test('a line may come in pieces, and its row comes with its end', () => {
  const reader = new RowReader();
  expect(reader.push(bytes('12,3'))).toEqual([]);
  expect(reader.push(bytes('4\n5'))).toEqual([[12, 34]]);
  expect(reader.push(bytes('\n'))).toEqual([[5]]);
});

test('what are no numbers is counted, and the last of it is shown with nothing that a terminal would obey', () => {
  const reader = new RowReader();
  expect(reader.push(bytes('booting\u001b[2J\n1,,2\n\n7\n'))).toEqual([[7]]);
  expect(reader.bad).toMatchObject({ badLines: 2, lastBadLine: '1,,2' });
  reader.push(bytes('\u001b[2J\n'));
  expect(reader.bad.lastBadLine).not.toContain('\u001b');
});

test('a line without an end does not grow for ever', () => {
  const reader = new RowReader();
  for (let piece = 0; piece < 100; piece++) reader.push(bytes('1'.repeat(1000)));
  expect(reader.push(bytes('\n5\n')).at(-1)).toEqual([5]);
});
