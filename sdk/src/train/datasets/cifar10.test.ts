import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { channelStatistics } from './channel-statistics.js';
import { loadCifar10, parseCifar10 } from './cifar10.js';

/** Records whose red, green and blue are 10, 20 and 1 times one more than the label, but for the first red pixel, 7. */
function records(labels: readonly number[]): Uint8Array {
  return Uint8Array.from(
    labels.flatMap((label) => {
      const plane = (value: number) => new Array<number>(1024).fill(value * (label + 1));
      return [label, 7, ...plane(10).slice(1), ...plane(20), ...plane(1)];
    }),
  );
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-cifar-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('planes become pixels', () => {
  const { count, shape, values, labels } = parseCifar10(records([3, 0]), 'file');
  expect([count, shape, [...labels]]).toEqual([2, [32, 32, 3], [3, 0]]);
  expect([...values.subarray(0, 6)]).toEqual([7, 80, 4, 40, 80, 4]);
  expect([...values.subarray(3072, 3078)]).toEqual([7, 20, 1, 10, 20, 1]);
});

test('a file that ends within a record, and a label that is none, are refused at their byte', () => {
  expect(() => parseCifar10(records([1]).subarray(1), 'file')).toThrow('3072 bytes are no whole number');
  expect(() => parseCifar10(new Uint8Array(0), 'file')).toThrow('no whole number');
  const wrong = records([1, 2]);
  wrong[3073] = 10;
  expect(() => parseCifar10(wrong, 'file')).toThrow('record 1 has the label 10');
});

test('a folder of six files is loaded, raw or gzip, and split by class', async () => {
  const all = records([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const number of [1, 2, 3, 4]) await writeFile(join(folder, `data_batch_${number}.bin`), all);
  await writeFile(join(folder, 'data_batch_5.bin.gz'), gzipSync(all));
  await expect(loadCifar10(folder)).rejects.toMatchObject({ code: 'data.not-found' });
  await writeFile(join(folder, 'test_batch.bin'), all);
  const { train, validation, test: tests } = await loadCifar10(folder, { validationCount: 10 });
  expect([train.count, validation.count, tests.count]).toEqual([40, 10, 10]);
  expect([...validation.labels].sort((left, right) => left - right)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('the statistics of a channel are those of its values alone', () => {
  const examples = { count: 2, shape: [1, 2, 2], values: Uint8Array.of(1, 9, 3, 9, 5, 9, 7, 9), classes: 1 };
  const { mean, deviation } = channelStatistics({ ...examples, labels: new Uint8Array(2) });
  expect(mean).toEqual([4, 9]);
  expect(deviation[0]).toBeCloseTo(Math.sqrt(5), 12);
  // A channel that never changes is left as it is.
  expect(deviation[1]).toBe(1);
});
