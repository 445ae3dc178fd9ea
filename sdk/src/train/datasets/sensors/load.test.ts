import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scaledByte } from '@adiabit/simulator/network';
import { exampleVectors, trainedOn, type Dataset } from '../dataset.js';
import { datasetOfRuns } from './dataset-of-runs.js';
import { loadSensorData, readSensorSource, type SensorLoadOptions } from './load.js';
import { scaledDatasetFromArrays } from './scaled-arrays.js';
import type { SensorSource } from './source.js';
import { writeNpy } from './testing/write-npy.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-sensors-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}
const load = (source: SensorSource, options: Partial<SensorLoadOptions> = {}): Promise<Dataset> =>
  loadSensorData(source, { baseFolder: folder, ...options });
const partsOf = ({ train, validation, test: tests }: Dataset) => [train, validation, tests];

/** Ten recordings of each class, `rows` rows each; the first column says which recording it is. */
async function putRecordings(rows: number): Promise<void> {
  const text = (recording: number, level: number): string =>
    ['id,x', ...Array.from({ length: rows }, (_, row) => `${recording},${level + row}`)].join('\n');
  for (let index = 0; index < 10; index++)
    await put({ [`still-${index}.csv`]: text(index, 0), [`wave-${index}.csv`]: text(100 + index, 1000) });
}

describe('windows', () => {
  const source: SensorSource = {
    format: 'csv',
    files: '*.csv',
    label: { from: 'file' },
    window: { length: 4, stride: 2 },
    scale: { cut: 0, ranges: { id: [0, 255] } },
  };

  test('are cut inside recordings, which stay in one part each', async () => {
    await putRecordings(9);
    const dataset = await load(source);
    expect(dataset.classNames).toEqual(['still', 'wave']);
    expect(dataset.train.shape).toEqual([4, 2]);
    const recordings = partsOf(dataset).map((part) => new Set(exampleVectors(part).map((window) => window[0])));
    expect(recordings.map(({ size }) => size)).toEqual([14, 2, 4]);
    expect(new Set(recordings.flatMap((part) => [...part])).size).toBe(20);
    for (const window of partsOf(dataset).flatMap((part) => exampleVectors(part)))
      expect(new Set([0, 2, 4, 6].map((at) => window[at])).size).toBe(1);
    expect(dataset.train.count).toBe(14 * 3);
  });

  test('end where the class changes, and where a row was dropped', async () => {
    const rows = [
      'x,state',
      ...'aaaabbbba?aaaa'.split('').map((state, row) => (state === '?' ? '?,a' : `${row},${state}`)),
    ];
    await put(Object.fromEntries([0, 1, 2, 3].map((index) => [`log-${index}.csv`, rows.join('\n')])));
    const {
      train,
      validation,
      test: tests,
    } = await load({
      ...source,
      label: { column: 'state' },
      missing: 'drop',
      window: { length: 4, stride: 1 },
      scale: { ranges: { x: [0, 255] } },
    });
    const windows = [train, validation, tests].flatMap((part) => exampleVectors(part).map(([first]) => first));
    expect([...new Set(windows)].sort((left, right) => left - right)).toEqual([0, 4, 10]);
  });

  test('that fit no recording of a class are an error', async () => {
    await putRecordings(3);
    await expect(load(source)).rejects.toThrow('No recording of the class still has 4 rows in one piece');
  });
});

test('what becomes 0 and 255 is learnt from the training part alone', async () => {
  await putRecordings(9);
  const { channels, train } = await load({
    format: 'csv',
    files: '*.csv',
    features: ['id'],
    label: { from: 'file' },
    window: { length: 9 },
    scale: { cut: 0 },
  });
  const { scale } = channels![0];
  const ids = [...Array(10).keys()].flatMap((index) => [index, 100 + index]);
  const trained = ids.filter((id) => train.values.includes(scaledByte(scale, id)));
  expect(scaledByte(scale, Math.min(...trained))).toBe(0);
  expect(scaledByte(scale, Math.max(...trained))).toBe(255);
});

test('values in units become counts that the data set tells', async () => {
  const text = (from: number): string =>
    ['x [g],t', ...[0, 1, 2, 3].map((row) => `${from + row / 8},${20 + row}`)].join('\n');
  await put(
    Object.fromEntries([0, 1, 2, 3, 4, 5].map((index) => [`${index % 2 === 0 ? 'a' : 'b'}${index}.csv`, text(index)])),
  );
  const source = {
    format: 'csv',
    files: '*.csv',
    label: { from: 'file' },
    sampleRateHz: 100,
    units: { t: 'C' },
  } as const;
  const dataset = await load({ ...source, recording: 'file', countsPerUnit: { 'x [g]': 16384 } });
  expect(trainedOn(dataset)).toMatchObject({
    kind: 'values',
    shape: [2],
    sampleRateHz: 100,
    channels: [
      { name: 'x [g]', countsPerUnit: 16384 },
      { name: 't', unit: 'C', countsPerUnit: 1 },
    ],
  });
  const chosen = (await load({ ...source, recording: 'file' })).channels![0];
  expect(Math.log2(chosen.countsPerUnit) % 1).toBe(0);
  await expect(load({ ...source, countsPerUnit: { y: 1 } })).rejects.toThrow('speaks of a channel "y"');
});

test('a network has its own scales and classes, whatever the data', async () => {
  await putRecordings(4);
  const scale = { offset: 0, multiplier: 1, shift: 0 };
  const channels = [{ name: 'x', countsPerUnit: 1, scale }];
  const options = { channels, classNames: ['wave', 'still', 'other'] };
  const source: SensorSource = { format: 'csv', files: '*.csv', label: { from: 'file' }, recording: 'file' };
  await expect(load(source, options)).rejects.toThrow('No recording of the class other');
  const dataset = await load(source, { channels, classNames: ['wave', 'still'] });
  expect(dataset.channels).toBe(channels);
  expect(dataset.test.labels[0] === 0 ? dataset.test.values[0] : 255).toBe(255);
});

describe('missing values', () => {
  const files = { 'a.csv': 'x,y,state\n1,2,on\n,3,on\n5,NaN,on\n7,8,on\n' };
  const source: SensorSource = { format: 'csv', files: 'a.csv', label: { column: 'state' } };

  test('are an error that says where', async () => {
    await put(files);
    await expect(load(source)).rejects.toMatchObject({
      code: 'data.missing-value',
      message: expect.stringContaining('a.csv, line 3, column x is missing') as string,
      details: { row: 1, column: 'x' },
    });
  });

  test.each([
    ['drop', [1, 2, 7, 8]],
    ['previous', [1, 2, 1, 3, 5, 3, 7, 8]],
  ] as const)('are dealt with as the user says: %s', async (missing, expected) => {
    const { runsOf } = await import('./runs.js');
    const { parseCsv } = await import('./csv.js');
    const table = parseCsv(new TextEncoder().encode(files['a.csv']), 'a.csv');
    const runs = runsOf(table, { ...source, missing }, ['x', 'y'], {});
    expect(runs.flatMap(({ values }) => [...values])).toEqual(expected);
  });
});

describe('classes', () => {
  const source: SensorSource = { format: 'csv', files: '**/*.csv', label: { from: 'folder' }, recording: 'file' };
  const text = 'x\n1\n2\n';

  test('are folders, or what a pattern finds in names', async () => {
    const names = ['on', 'off'].flatMap((state) => [1, 2, 3].map((index) => `${state}/2026-${index}-${state}-x.csv`));
    await put(Object.fromEntries(names.map((name) => [name, text])));
    expect((await load(source)).classNames).toEqual(['off', 'on']);
    const byPattern = await load({ ...source, label: { from: 'file', pattern: '\\d-(on|off)' } });
    expect(byPattern.classNames).toEqual(['off', 'on']);
    await expect(load({ ...source, label: { from: 'file', pattern: '^(never)' } })).rejects.toThrow('is not matched');
    await expect(load({ ...source, label: { from: 'file', pattern: '(' } })).rejects.toThrow('cannot be read');
  });

  test('are two at least', async () => {
    await put({ 'a/1.csv': text });
    await expect(load(source)).rejects.toThrow('only the class a');
    await expect(load({ ...source, files: 'b/*.csv' })).rejects.toThrow('No file matches "b/*.csv"');
  });
});

test('JSON lines and NPY give what CSV gives', async () => {
  const rows = Array.from({ length: 30 }, (_, row) => [row % 7, row * 3]);
  const label = (row: number): string => (row % 2 === 0 ? 'even' : 'odd');
  await put({
    'a.csv': ['u,v,y', ...rows.map(([u, v], row) => `${u},${v},${label(row)}`)].join('\n'),
    'a.jsonl': rows.map(([u, v], row) => JSON.stringify({ y: label(row), u, v })).join('\n'),
    'even-1.npy': writeNpy({
      type: '<i4',
      isFortran: true,
      shape: [15, 2],
      values: rows.filter((_, row) => row % 2 === 0).flat(),
    }),
    'odd-1.npy': writeNpy({
      type: '>f8',
      isFortran: false,
      shape: [15, 2],
      values: rows.filter((_, row) => row % 2 === 1).flat(),
    }),
  });
  const fromCsv = await load({ format: 'csv', files: 'a.csv', label: { column: 'y' } });
  const features = ['u', 'v'];
  const fromLines = await load({ format: 'json-lines', files: 'a.jsonl', features, label: { column: 'y' } });
  expect({ ...fromLines, train: fromLines.train.count }).toEqual({ ...fromCsv, train: fromLines.train.count });
  const fromNpy = await load({ format: 'npy', files: ['even-1.npy', 'odd-1.npy'], features, label: { from: 'file' } });
  expect(fromNpy.classNames).toEqual(['even', 'odd']);
  expect(partsOf(fromNpy).map(({ count }) => count)).toEqual(partsOf(fromCsv).map(({ count }) => count));
});

test('arrays of a program become a data set in the same way, shared out by recording', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 48, maxLength: 48 }),
      (values) => {
        const arrays = {
          name: 'own',
          shape: [2, 2] as const,
          classes: ['a', 'b'],
          values,
          units: 'g',
          channels: ['x', 'y'],
        };
        const labels = Array.from({ length: 12 }, (_, index) => index % 2);
        const recordings = Array.from({ length: 12 }, (_, index) => Math.floor(index / 4));
        const dataset = scaledDatasetFromArrays({ ...arrays, labels, recordings });
        expect(partsOf(dataset).map(({ count }) => count)).toEqual([4, 4, 4]);
        expect(dataset.channels?.map(({ name, unit }) => [name, unit])).toEqual([
          ['x', 'g'],
          ['y', 'g'],
        ]);
      },
    ),
  );
  const wrong = { name: 'own', shape: [1] as const, classes: ['a', 'b'], values: [1, NaN], labels: [0, 1] };
  expect(() => scaledDatasetFromArrays(wrong)).toThrow('Value 0 of example 1 is NaN');
  expect(() => scaledDatasetFromArrays({ ...wrong, values: [1] })).toThrow('There must be 2 values, but there are 1');
  expect(() => scaledDatasetFromArrays({ ...wrong, values: [1, 2], labels: [0, 2] })).toThrow('Label 1 is 2');
});

test('a window is what the run holds, scaled, for any length and stride', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), (length, stride) => {
      const runs = ['a', 'b'].flatMap((label, at) =>
        [0, 1, 2, 3].map((index) => ({
          recording: `${label}${index}`,
          label,
          values: Float64Array.from({ length: 20 }, (_, row) => 128 * at + 32 * index + row),
        })),
      );
      const scale = { ranges: { x: [0, 255] as [number, number] } };
      const dataset = datasetOfRuns(runs, { names: ['x'], window: { length, stride }, scale });
      for (const window of partsOf({ name: '', source: '', ...dataset }).flatMap((part) => exampleVectors(part))) {
        expect([...window]).toEqual(Array.from({ length }, (_, row) => window[0] + row));
        expect((window[0] % 32) % stride).toBe(0);
      }
    }),
  );
});

test('a description that is wrong is refused by the field', async () => {
  await expect(readSensorSource('{', 'data.json')).rejects.toThrow('data.json is no JSON');
  const wrong = { format: 'csv', files: '*.csv', label: { column: 'y' }, window: { length: 0 } };
  await expect(readSensorSource(JSON.stringify(wrong), 'data.json')).rejects.toThrow('data.json: window.length');
});

test('reading stops when it is cancelled', async () => {
  await putRecordings(4);
  const source: SensorSource = { format: 'csv', files: '*.csv', label: { from: 'file' } };
  await expect(load(source, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
});
