import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCsv, type CsvStyle } from './csv.js';
import { parseJsonLines } from './json-lines.js';
import { numberAt, parseNumber, type Table } from './table.js';

const csv = (text: string, style?: CsvStyle): Table => parseCsv(new TextEncoder().encode(text), 'a.csv', style);
const jsonLines = (text: string): Table => parseJsonLines(new TextEncoder().encode(text), 'a.jsonl');
const cells = ({ rows, names, cell }: Table) =>
  Array.from({ length: rows }, (_, row) => names.map((_, column) => cell(row, column)));

describe('CSV', () => {
  test.each([
    ['commas', 'a,b\n1,2\n3,4\n'],
    ['semicolons', 'a;b\n1;2\n3;4'],
    ['tabs and the line ends of Windows', 'a\tb\r\n1\t2\r\n3\t4\r\n'],
    ['bars and those of old Macs', 'a|b\r1|2\r3|4'],
    ['a byte order mark, blanks, comments and empty lines', '\uFEFF# of a press\n\na , b\n1, 2\n\n# later\n3,4\n'],
    ['quotes', '"a","b"\n"1",2\n3,"4"\n'],
  ])('is read with %s', (_, text) => {
    const table = csv(text);
    expect(table.names).toEqual(['a', 'b']);
    expect(cells(table)).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  test('has names for its columns, or numbers where the first line is values', () => {
    expect(csv('1,2\n3,4').names).toEqual(['0', '1']);
    expect(csv('1,2\n3,4', { header: true }).names).toEqual(['1', '2']);
    expect(cells(csv('a,b\n1,2', { header: false }))).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  test('names lines as an editor does', () => {
    const table = csv('a,b\n\n1,2\n"3\n",4\n5,x\n');
    expect(() => numberAt(table, 2, 1)).toThrow('a.csv, line 6, column b has "x", which is no number');
  });

  test('says what a comma in a number may be', () => {
    expect(() => numberAt(csv('a;b\n1,5;2'), 0, 0)).toThrow('"decimal": "," or "thousands": ","');
    expect(numberAt(csv('a;b\n1.234,5;2'), 0, 0, { decimal: ',', thousands: '.' })).toBe(1234.5);
  });

  test.each([
    ['rows of other lengths', 'a,b\n1,2\n3', 'format.bad-value'],
    ['no rows', 'a,b\n', 'format.truncated'],
    ['nothing', '', 'format.truncated'],
  ])('with %s is refused', (_, text, code) => {
    expect(() => csv(text)).toThrow(expect.objectContaining({ code }));
  });
});

describe('numbers', () => {
  test('are read as JavaScript writes them', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (drawn) => {
        // JavaScript writes -0 as 0.
        const value = drawn + 0;
        expect(parseNumber(String(value))).toBe(value);
        expect(parseNumber(String(value).replace('.', ','), { decimal: ',' })).toBe(value);
      }),
    );
  });

  test.each([
    ['1,234,567.5', { thousands: ',' }, 1234567.5],
    ['-1 234', { thousands: ' ' }, -1234],
    ['1.234.567,25', { decimal: ',', thousands: '.' }, 1234567.25],
    ['1,23', { thousands: ',' }, NaN],
    ['1.5', { decimal: ',' }, NaN],
    ['0x10', {}, NaN],
    ['Infinity', {}, NaN],
    ['1 2', {}, NaN],
    ['.5e-3', {}, 0.0005],
  ] as const)('%s with %j is %d', (text, style, value) => {
    expect(parseNumber(text, style)).toBe(value);
  });
});

describe('JSON lines', () => {
  test('are objects of columns, or arrays', () => {
    expect(cells(jsonLines('{"a":1,"b":"x"}\r\n\n{"b":null,"a":2}'))).toEqual([
      [1, 'x'],
      [2, null],
    ]);
    expect(jsonLines('[1,2]\n[3,4]').names).toEqual(['0', '1']);
  });

  test.each([
    ['no JSON', '{"a":1}\n{', 'format.bad-value', /line 2 is no JSON/],
    ['a number', '3', 'format.bad-value', /neither an object/],
    ['nothing', '\n', 'format.truncated', /no lines/],
  ])('with %s are refused', (_, text, code, message) => {
    expect(() => jsonLines(text)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    );
  });
});
