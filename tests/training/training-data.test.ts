import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { colourPictures, catsAndDogs, loadFolder } from '@adiabit/sdk/train';
import { wavFile } from '../../sdk/src/train/testing/wav.js';
import { unpackDatasets } from '../scripts/unpack-datasets.js';
import { adiabit } from '../support/cli.js';
import { idxFile } from '../support/digits.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-data-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (...names: string[]): string => join(folder, ...names);

/** A folder for each class: bars that stand or lie, on 16 x 16 pixels. */
async function writeBars(to: string, perClass: number): Promise<void> {
  for (const name of ['lying', 'standing', 'none']) {
    await mkdir(join(to, name), { recursive: true });
    for (let index = 0; index < perClass; index++) {
      const data = Uint8Array.from({ length: 256 }, (_, pixel) => {
        const along = name === 'lying' ? Math.floor(pixel / 16) : pixel % 16;
        return name !== 'none' && Math.abs(along - 3 - (index % 10)) < 2 ? 230 : 20 + ((pixel * 7 + index) % 30);
      });
      await writeFile(join(to, name, `${index}.png`), encode({ width: 16, height: 16, channels: 1, depth: 8, data }));
    }
  }
}

test('a folder of pictures trains a recipe, and a kill -9 loses at most the epoch at hand', async () => {
  await writeBars(file('bars'), 4);
  const train = (out: string, ...more: string[]): string[] => [
    ...['train', '--recipe', 'mnist-weights', '--data', file('bars'), '--backend', 'wasm', '--out', file(out), ...more],
  ];
  const killed = await adiabit(train('killed'), { killWhen: / 3\/29 / });
  expect(killed.code).toBeNull();
  expect(killed.stdout).toContain('3 classes, so the last layer has 3 outputs');
  const resumed = await adiabit(train('killed', '--resume', '--json'));
  expect(resumed.code).toBe(0);
  expect(Number(/resuming after epoch (\d+)/.exec(resumed.stderr)?.[1])).toBeGreaterThanOrEqual(3);
  expect(JSON.parse(resumed.stdout)).toMatchObject({ recipe: 'mnist-weights', epochs: 29 });
  const whole = await adiabit(train('whole'));
  expect(whole.code).toBe(0);
  const [one, other] = await Promise.all(
    ['killed', 'whole'].map((out) => readFile(file(out, 'training.checkpoint'), 'base64')),
  );
  expect(one).toBe(other);
});

test('a recipe without its data says what to name, and data of another kind are refused', async () => {
  const failure = async (...args: string[]) => {
    const { stdout } = await adiabit(['train', ...args, '--out', file('never'), '--json']);
    return (JSON.parse(stdout) as { error: { code: string; message: string } }).error;
  };
  const missing = await failure('--recipe', 'speech-both');
  expect(missing).toMatchObject({ code: 'data.not-found' });
  expect(missing.message).toMatch(/folder for each class with WAV sounds.*--data/);
  await writeBars(file('wrong'), 2);
  expect((await failure('--recipe', 'speech-both', '--data', file('wrong'))).message).toMatch(/\.png is no sound/);
});

/** A folder for each class: a second of a tone, another pitch and loudness in every file. */
async function writeTones(to: string, perClass: number): Promise<void> {
  const rateHz = 8000;
  for (const [name, lowestHz] of Object.entries({ low: 200, high: 900 })) {
    await mkdir(join(to, name), { recursive: true });
    for (let index = 0; index < perClass; index++) {
      const turn = (2 * Math.PI * (lowestHz + 20 * index)) / rateHz;
      const samples = Int16Array.from({ length: rateHz }, (_, at) => (4000 + 900 * index) * Math.sin(turn * at));
      await writeFile(join(to, name, `${index}.wav`), wavFile(samples, { sampleRateHz: rateHz }));
    }
  }
}

test('a recipe that learns from another network has that one trained first, or wants it named', async () => {
  await writeTones(file('tones'), 8);
  const common = ['--data', file('tones'), '--backend', 'wasm', '--out'];
  const reproduced = await adiabit(['reproduce', 'speech', '--modes', 'both', ...common, file('taught')]);
  expect(reproduced.code).toBe(0);
  expect(reproduced.stdout).toMatch(/1\/2: mode real, seed 1[^]*2\/2: mode both, seed 1/);
  expect(reproduced.stdout).toContain('targets: 30.00 % labels, 70.00 % outputs of mode real at temperature 2');
  const train = ['train', '--recipe', 'speech-both', ...common, file('alone')];
  const { stdout } = await adiabit([...train, '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'model.bad-value' } });
  expect(stdout).toContain('--teacher');
  const checkpointIn = (...names: string[]) => file(...names, 'training.checkpoint');
  const named = await adiabit([...train, '--teacher', checkpointIn('taught', 'speech-real-seed-1')]);
  expect(named.code).toBe(0);
  const [one, other] = await Promise.all(
    [checkpointIn('taught', 'speech-both-seed-1'), checkpointIn('alone')].map((path) => readFile(path, 'base64')),
  );
  expect(one).toBe(other);
});

/** The prediction of `undoMedianEdge`, taken away: its inverse, in any order. */
function takePrediction(planes: Uint8Array, height: number, width: number): Uint8Array {
  const at = (start: number, y: number, x: number): number => planes[start + y * width + x];
  return planes.map((value, index) => {
    const start = index - (index % (height * width));
    const y = Math.floor((index - start) / width);
    const x = (index - start) % width;
    if (y === 0) return x === 0 ? value : value - at(start, 0, x - 1);
    if (x === 0) return value - at(start, y - 1, 0);
    const [left, above, corner] = [at(start, y, x - 1), at(start, y - 1, x), at(start, y - 1, x - 1)];
    if (corner >= Math.max(left, above)) return value - Math.min(left, above);
    return value - (corner <= Math.min(left, above) ? Math.max(left, above) : left + above - corner);
  });
}

const noise = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * index * 31) % 251);

test('the packed copies of the data sets unpack to files that the loaders read, pixel for pixel', async () => {
  const labels = Uint8Array.from({ length: 20 }, (_, index) => index % 2);
  const pictures = noise(20 * 64 * 64);
  await mkdir(file('packed', 'dogs-vs-cats'), { recursive: true });
  const put = (name: string, bytes: Uint8Array): Promise<void> => writeFile(file('packed', name), gzipSync(bytes));
  const packed = takePrediction(pictures, 64, 64);
  for (const part of ['train-a', 'val', 'test']) {
    await put(`dogs-vs-cats/${part}-images-idx3-ubyte.med.gz`, idxFile([20, 64, 64], packed));
    await put(`dogs-vs-cats/${part}-labels-idx1-ubyte.gz`, idxFile([20], labels));
  }
  const planes = noise(3072);
  const differences = planes.map((value, index) => {
    return Math.floor(index / 1024) === 1 ? value : value - planes[1024 + (index % 1024)] + 128;
  });
  await mkdir(file('packed', 'cifar10'));
  const records = Array.from({ length: 10 }, (_, label) => [label, ...takePrediction(differences, 32, 32)]);
  for (const name of ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch']) {
    await put(`cifar10/${name}.med.bin.gz`, Uint8Array.from(records.flat()));
  }
  await unpackDatasets(file('packed'), file('plain'), ['dog-cat', 'cifar10']);
  const animals = await loadFolder(file('plain', 'dog-cat'), catsAndDogs);
  expect([animals.train.count, animals.validation.count, animals.test.count]).toEqual([20, 20, 20]);
  expect(Buffer.from(animals.test.values).equals(pictures)).toBe(true);
  const { test: colours } = await loadFolder(file('plain', 'cifar10'), colourPictures);
  const expected = Uint8Array.from({ length: 3072 }, (_, index) => planes[(index % 3) * 1024 + Math.floor(index / 3)]);
  expect(Buffer.from(colours.values.subarray(0, 3072)).equals(expected)).toBe(true);
});
