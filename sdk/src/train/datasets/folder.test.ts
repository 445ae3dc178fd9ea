import { encode } from 'fast-png';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeMuLaw } from '../../model/mu-law.js';
import { wavFile } from '../testing/wav.js';
import { loadClassFolders } from './class-folders.js';
import { loadFolder, taskFolder } from './folder.js';
import type { PictureTask, SoundTask } from './task.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

const pictures: PictureTask = { kind: 'picture', name: 'dots', shape: [2, 2], classNames: ['dark', 'light'] };
const sounds: SoundTask = { kind: 'sound', name: 'beeps', shape: [8], sampleRateHz: 8000, classNames: ['high', 'low'] };

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

const dot = (value: number) => encode({ width: 1, height: 1, channels: 1, depth: 8, data: Uint8Array.of(value) });

async function putDots(path: string, count: number, value: number): Promise<void> {
  for (let index = 0; index < count; index++) await put(`${path}/${index}.png`, dot(value + index));
}

const idx = (type: number, shape: readonly number[], elements: Uint8Array): Buffer => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, type, shape.length]);
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([header, elements]);
};

const counts = ({ train, validation, test: tests }: Awaited<ReturnType<typeof loadFolder>>) => [
  train.count,
  validation.count,
  tests.count,
];

const refused = async (code: string, message: RegExp, task: PictureTask | SoundTask = pictures) => {
  const loading = loadFolder(folder, task);
  await expect(loading).rejects.toMatchObject({ code });
  await expect(loading).rejects.toThrow(message);
};

test('a folder a class: classes by name, parts cut out stratified and by seed, pictures scaled', async () => {
  await putDots('light', 20, 200);
  await putDots('dark', 30, 10);
  await put('.DS_Store', 'of the system');
  await put('dark/.hidden', 'of the system');
  const seen: number[][] = [];
  const dataset = await loadFolder(folder, pictures, { onProgress: (done, all) => seen.push([done, all]) });
  expect(dataset.classNames).toEqual(['dark', 'light']);
  expect(counts(dataset)).toEqual([36, 4, 10]);
  expect(dataset.test.labels.filter((label) => label === 0)).toHaveLength(6);
  expect(dataset.train.values.subarray(0, 4)).toEqual(new Uint8Array(4).fill(dataset.train.values[0]));
  dataset.train.labels.forEach((label, index) => expect(dataset.train.values[4 * index] >= 200).toBe(label === 1));
  expect([seen[0], seen.at(-1)]).toEqual([
    [1, 50],
    [50, 50],
  ]);
  expect(await loadFolder(folder, pictures)).toEqual(dataset);
  expect(await loadFolder(folder, pictures, { splitSeed: 2 })).not.toEqual(dataset);
});

test('folders train, val and test are kept as they are', async () => {
  for (const [part, count] of [
    ['train', 5],
    ['val', 2],
    ['test', 3],
  ] as const) {
    await putDots(`${part}/dark`, count, 10);
    await putDots(`${part}/light`, count, 200);
  }
  expect(counts(await loadFolder(folder, pictures))).toEqual([10, 4, 6]);
});

test('class folders that are numbers are in numeric order', async () => {
  for (const name of ['10', '2', '1']) await putDots(name, 10, Number(name));
  expect((await loadFolder(folder, pictures)).classNames).toEqual(['1', '2', '10']);
});

test('sounds in folders become mu-law', async () => {
  for (const name of ['high', 'low']) {
    for (let index = 0; index < 10; index++) {
      await put(`${name}/${index}.WAV`, wavFile([name === 'low' ? 5 : 9000], { sampleRateHz: 8000 }));
    }
  }
  const { train } = await loadFolder(folder, sounds);
  expect(train.shape).toEqual([8]);
  expect([...train.values.subarray(0, 8)]).toEqual([encodeMuLaw(9000), 255, 255, 255, 255, 255, 255, 255]);
});

const parts = async (files: Readonly<Record<string, Buffer>>) => {
  for (const [name, bytes] of Object.entries(files)) await put(name, bytes);
};
const tenLabels = Uint8Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
const tenDots = idx(8, [10, 2, 2], new Uint8Array(40));

test('an IDX set with its own parts, and one whose parts are cut out', async () => {
  await parts({ 'train-images-idx3-ubyte': tenDots, 'train-labels-idx1-ubyte': idx(8, [10], tenLabels) });
  expect(counts(await loadFolder(folder, pictures))).toEqual([7, 1, 2]);
  await parts({ 'val-images-idx3-ubyte.gz': gzipSync(tenDots), 'val-labels-idx1-ubyte': idx(8, [10], tenLabels) });
  await parts({ 'test-images-idx3-ubyte': tenDots, 'test-labels-idx1-ubyte.gz': gzipSync(idx(8, [10], tenLabels)) });
  expect(counts(await loadFolder(folder, pictures))).toEqual([10, 10, 10]);
});

test('an IDX set of colour pictures has four dimensions', async () => {
  const colours = idx(8, [10, 2, 2, 3], new Uint8Array(120));
  await parts({ 'train-images-idx4-ubyte': colours, 'train-labels-idx1-ubyte': idx(8, [10], tenLabels) });
  expect((await loadFolder(folder, { ...pictures, shape: [2, 2, 3] })).train.shape).toEqual([2, 2, 3]);
});

test('sounds of an IDX set are mu-law, or 16 bits that become so', async () => {
  await parts({ 'train-labels-idx1-ubyte': idx(8, [10], tenLabels) });
  await parts({ 'train-audio-idx2-short': idx(11, [10, 8], Buffer.alloc(160, Buffer.of(0x10, 0x00))) });
  expect((await loadFolder(folder, sounds)).train.values[0]).toBe(encodeMuLaw(4096));
  await parts({ 'train-audio-idx2-ulaw': idx(8, [10, 8], new Uint8Array(80).fill(77)) });
  expect((await loadFolder(folder, sounds)).train.values[0]).toBe(77);
});

test('links to classes, to parts and to files are followed, and one that leads nowhere is named', async () => {
  for (const name of ['dark', 'light']) await putDots(`elsewhere/${name}`, 20, 10);
  await mkdir(join(folder, 'linked'));
  const at = (...names: string[]) => join(folder, 'linked', ...names);
  await symlink('../elsewhere/dark', at('dark'));
  await symlink('../elsewhere/light', at('light'));
  await mkdir(at('grey'));
  for (let index = 0; index < 20; index++) await symlink(`../dark/${index}.png`, at('grey', `${index}.png`));
  const dataset = await loadFolder(at(), pictures);
  expect([dataset.classNames, counts(dataset)]).toEqual([
    ['dark', 'grey', 'light'],
    [43, 5, 12],
  ]);
  await mkdir(join(folder, 'parts'));
  for (const part of ['train', 'val', 'test']) await symlink('../elsewhere', join(folder, 'parts', part));
  expect(counts(await loadFolder(join(folder, 'parts'), pictures))).toEqual([40, 40, 40]);
  await symlink('gone', at('loose'));
  await expect(loadFolder(at(), pictures)).rejects.toThrow(/loose is a link that cannot be followed: it is not there/);
});

test.each(['Thumbs.db', 'desktop.ini', 'DESKTOP.INI', 'ehthumbs.db', 'Icon\r', '.DS_Store', '._0.png'])(
  'what systems leave behind is passed over everywhere: %j',
  async (clutter) => {
    for (const part of ['train', 'val']) {
      await putDots(`${part}/dark`, 10, 10);
      await putDots(`${part}/light`, 10, 10);
      for (const place of [part, `${part}/dark`, '.']) await put(`${place}/${clutter}`, 'of the system');
    }
    await put('__MACOSX/train/._dark', 'of the system');
    await put('train/@eaDir/x', 'of the system');
    expect((await loadFolder(folder, pictures)).classNames).toEqual(['dark', 'light']);
    await parts({ 'set/._train-images-idx3-ubyte': tenDots, [`set/${clutter}`]: tenDots });
    await expect(loadFolder(join(folder, 'set'), pictures)).rejects.toMatchObject({ code: 'data.not-found' });
  },
);

test('class names are compared as letters, however Unicode spells them, and numbered the same on every machine', async () => {
  const [composed, apart] = ['\u00e9clair', 'e\u0301clair'];
  await putDots(`train/${composed}`, 3, 10);
  await putDots('train/zebra', 3, 10);
  await putDots(`test/${apart}`, 3, 10);
  await putDots('test/zebra', 3, 10);
  const { classNames } = await loadFolder(folder, pictures, { validationCount: 2 });
  expect(classNames).toEqual(['zebra', composed]);
  await putDots(`train/${apart}`, 3, 10);
  await expect(loadFolder(folder, pictures)).rejects.toThrow(/two folders \u00e9clair/);
});

test('a class may be called like a task or like a part', async () => {
  for (const name of ['dots', 'train', 'test', 'validation']) await putDots(name, 10, 10);
  expect(await taskFolder(folder, pictures)).toBe(folder);
  expect((await loadFolder(folder, pictures)).classNames).toEqual(['dots', 'test', 'train', 'validation']);
});

test.each([
  ['class folders', 'dots/dark/0.png'],
  ['parts', 'dots/train/dark/0.png'],
  ['an IDX set', 'dots/train-images.idx3-ubyte.gz'],
  ['CIFAR-10', 'dots/test_batch.bin'],
])('the folder of a task among others is the one that holds %s', async (_, path) => {
  await put(path, dot(1));
  await putDots('others', 1, 1);
  expect(await taskFolder(folder, pictures)).toBe(join(folder, 'dots'));
});

test('two folders for one part are refused', async () => {
  for (const part of ['train', 'val', 'validation']) await putDots(`${part}/dark`, 3, 10);
  await refused('data.bad-value', /folders val and validation, which both are the validation part/);
});

test('every name of an IDX file is read with a dot as with a hyphen, raw and packed', async () => {
  const labels = idx(8, [10], tenLabels);
  await parts({ 'train-images-idx3-ubyte': tenDots, 'train-labels-idx1-ubyte': labels });
  await parts({ 't10k-images-idx3-ubyte': tenDots, 't10k-labels-idx1-ubyte.gz': gzipSync(labels) });
  const dataset = await loadFolder(folder, pictures);
  for (const name of ['train-images', 'train-labels', 't10k-images']) {
    const idxOf = name.endsWith('images') ? 'idx3' : 'idx1';
    await rename(join(folder, `${name}-${idxOf}-ubyte`), join(folder, `${name}.${idxOf}-ubyte`));
    expect(await loadFolder(folder, pictures)).toEqual(dataset);
  }
  await rename(join(folder, 't10k-labels-idx1-ubyte.gz'), join(folder, 't10k-labels.idx1-ubyte.gz'));
  expect(await loadFolder(folder, pictures)).toEqual(dataset);
});

test.each([
  ['as many as the task', [0, 1], ['dark', 'light']],
  ['more', [0, 1, 2, 3, 4], ['0', '1', '2', '3', '4']],
  ['some that do not begin at 0', [1, 3, 200], ['1', '3', '200']],
])('an IDX set has the classes that its labels have: %s', async (_, values, names) => {
  const labels = Uint8Array.from({ length: 60 }, (__, index) => values[(7 * index) % values.length]);
  const dots = idx(
    8,
    [60, 2, 2],
    Uint8Array.from({ length: 240 }, (__, index) => labels[index >> 2]),
  );
  await parts({ 'train-images-idx3-ubyte': dots, 'train-labels-idx1-ubyte': idx(8, [60], labels) });
  const { train, test: tests, classNames } = await loadFolder(folder, pictures);
  expect([classNames, train.classes, tests.classes]).toEqual([names, values.length, values.length]);
  train.labels.forEach((label, index) => expect(train.values[4 * index]).toBe(values[label]));
  const other = idx(
    8,
    [60],
    labels.map((label, index) => (index === 5 ? 9 : label)),
  );
  await parts({ 'test-images-idx3-ubyte': dots, 'test-labels-idx1-ubyte': other });
  await refused('data.bad-value', /label 5 is 9, but the classes are/);
});

test('an IDX set of one class has nothing to learn', async () => {
  await parts({
    'train-images-idx3-ubyte': tenDots,
    'train-labels-idx1-ubyte': idx(8, [10], new Uint8Array(10).fill(3)),
  });
  await refused('data.bad-value', /all labels are the same/);
});

test.each([
  [{ dark: 1, light: 1 }, /2 training examples, too few to set one in 5 aside for test\. Add examples/],
  [{ dark: 2, light: 2 }, /too few to set one in 10 aside for validation/],
  [
    { a: 1, b: 1, c: 1, d: 1, e: 1 },
    /class a has no training examples.* All were set aside for test\. Add examples, ten/,
  ],
])('too few examples for a split say what to do: %j', async (classes, message) => {
  for (const [name, count] of Object.entries(classes)) await putDots(name, count, 10);
  await refused('data.bad-value', message);
});

test('a folder that is not there, or holds nothing, says what would do', async () => {
  await expect(loadFolder(join(folder, 'gone'), pictures)).rejects.toThrow(/gone is no folder/);
  await refused('data.not-found', /train-images-idx3-ubyte .* a folder for each class with PNG or JPEG/);
  await refused('data.not-found', /WAV sounds/, sounds);
});

test('an empty class, and a single one, are named', async () => {
  await putDots('dark', 3, 10);
  await refused('data.not-found', /only the folder dark/);
  await mkdir(join(folder, 'light'));
  await refused('data.bad-value', /light is empty/);
});

test('a file of another kind is named', async () => {
  await putDots('dark', 3, 10);
  await putDots('light', 3, 10);
  await put('light/notes.txt', 'hello');
  await refused('data.bad-value', /notes\.txt is no picture/);
  await refused('data.bad-value', /0\.png is no sound/, sounds);
});

test('a damaged picture is named', async () => {
  await putDots('dark', 3, 10);
  await putDots('light', 3, 10);
  await put('light/1.png', dot(3).subarray(0, 30));
  await refused('format.bad-value', /light.1\.png/);
});

test('classes that differ between parts, and parts without train, are named', async () => {
  await putDots('test/dark', 3, 10);
  await refused('data.not-found', /folder test, but none that is called train/);
  await putDots('train/dark', 3, 10);
  await putDots('train/light', 3, 10);
  await refused('data.bad-value', /no folder for the class light/);
  await putDots('test/light', 3, 10);
  await putDots('test/grey', 3, 10);
  await refused('data.bad-value', /grey is a class that .*train has not/);
});

test('data of another shape than the task is refused with both shapes', async () => {
  const large = idx(8, [10, 3, 3], new Uint8Array(90));
  await parts({ 'train-images-idx3-ubyte': large, 'train-labels-idx1-ubyte': idx(8, [10], tenLabels) });
  await refused('data.shape-mismatch', /3 x 3, but dots takes 2 x 2 grey pictures/);
});

test('an IDX set of the other kind says which file it misses', async () => {
  await parts({ 'train-images-idx3-ubyte': tenDots, 'train-labels-idx1-ubyte': idx(8, [10], tenLabels) });
  await refused('data.not-found', /neither train-audio-idx2-ulaw/, sounds);
});

test('reading can be cancelled', async () => {
  await putDots('dark', 3, 10);
  await putDots('light', 3, 10);
  const controller = new AbortController();
  const loading = loadClassFolders(folder, 'dots', pictures, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(loading).rejects.toMatchObject({ code: 'cancelled' });
});
