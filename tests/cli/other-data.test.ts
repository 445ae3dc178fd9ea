/** Networks tested on other data than they were trained on, and several of one recipe side by side. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFolder, train, freeze, findRecipe, Random, withCentredInputs, type Recipe } from '@adiabit/sdk/train';
import { compile, saveModel } from '@adiabit/sdk';
import { adiabit } from '../support/cli.js';
import { idxFile } from '../support/digits.js';
import { failureWith } from '../support/trained-digits.js';

/** Rows or columns of a class are bright, in 30 x 40 grey pixels: 1,200 values, as 20 x 20 in colour have. */
const [height, width] = [30, 40];
const bright: Readonly<Record<string, (y: number, x: number) => boolean>> = {
  ash: (y) => y < 10,
  beech: (y) => y >= 10 && y < 20,
  elm: (y) => y >= 20,
};

let folder: string;
const file = (name: string): string => join(folder, name);

async function writePictures(name: string, classes: Readonly<Record<string, string>>, count: number): Promise<void> {
  const random = Random.fromSeed(11, name);
  for (const [called, shown] of Object.entries(classes)) {
    await mkdir(file(`${name}/${called}`), { recursive: true });
    for (let index = 0; index < count; index++) {
      const data = Uint8Array.from({ length: height * width }, (_, at) =>
        Math.round((bright[shown](Math.floor(at / width), at % width) ? 190 : 60) + random.uniform(-50, 50)),
      );
      await writeFile(file(`${name}/${called}/${index}.png`), encode({ width, height, channels: 1, depth: 8, data }));
    }
  }
}

const accuracyOn = async (data: string): Promise<number> => {
  const { stdout } = await adiabit(['simulate', file('trees.abit'), '--data', file(data), '--json']);
  return (JSON.parse(stdout) as { accuracy: number }).accuracy;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-other-'));
  await writePictures('trees', { ash: 'ash', beech: 'beech', elm: 'elm' }, 30);
  const task = { kind: 'picture', name: 'trees', shape: [height, width], classNames: [] } as const;
  const dataset = await loadFolder(file('trees'), task);
  const demo = findRecipe('mnist-demo')!;
  const layers = [
    { units: 12, activation: 'rectified-tanh' },
    { units: 3, activation: 'none' },
  ] as const;
  const recipe: Recipe = { ...demo, batchSize: 16, network: { ...demo.network, inputs: height * width, layers } };
  const { network, hardTestAccuracy } = await train({
    recipe: withCentredInputs(recipe, dataset.train),
    dataset,
    seed: 1,
    backend: 'wasm',
  });
  expect(hardTestAccuracy).toBe(1);
  const { model } = freeze({ ...network, name: 'trees' });
  await saveModel(file('trees.model.json'), model);
  await writeFile(file('trees.abit'), compile(model, { goldenInputs: [] }).bytes);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a network from a script, tested by the CLI', () => {
  it('takes pictures of its own shape, whatever else has as many values', async () => {
    expect(await accuracyOn('trees')).toBe(1);
  });

  it('knows its classes by name where others are missing, so that their numbers differ', async () => {
    await writePictures('two', { beech: 'beech', elm: 'elm' }, 10);
    expect(await accuracyOn('two')).toBe(1);
    // The names decide: these are all wrong.
    await writePictures('swapped', { beech: 'elm', elm: 'beech' }, 10);
    expect(await accuracyOn('swapped')).toBe(0);
  });

  it.each([
    ['a class that it does not know', { ash: 'ash', oak: 'elm' }],
    ['another number of other classes', { a: 'ash', b: 'elm', c: 'beech', d: 'ash' }],
  ])('refuses data with %s, in every command that scores', async (_, classes) => {
    await writePictures(Object.keys(classes).join(), classes, 10);
    const data = ['--data', file(Object.keys(classes).join())];
    for (const command of [['simulate'], ['faults', '--trials', '1'], ['explain'], ['run', '--board', 'uno']]) {
      const { code, error, message } = await failureWith({}, ...command, file('trees.abit'), ...data);
      expect({ code, error }).toEqual({ code: 1, error: 'data.bad-value' });
      expect(message).toContain('"trees" was trained on ash, beech, elm');
    }
  });

  it('refuses IDX labels, which are no names', async () => {
    await mkdir(file('idx'));
    const labels = Uint8Array.from({ length: 60 }, (_, index) => index % 3);
    const images = idxFile([60, height, width], new Uint8Array(60 * height * width));
    await writeFile(file('idx/train-images-idx3-ubyte'), images);
    await writeFile(file('idx/train-labels-idx1-ubyte'), idxFile([60], labels));
    const { error, message } = await failureWith({}, 'simulate', file('trees.abit'), '--data', file('idx'));
    expect(error).toBe('data.bad-value');
    expect(message).toContain('has the class 0');
  });
});

describe('several networks in one program or design', () => {
  const names = ['front_door', 'back-door'];

  it('get the names that the user gives them', async () => {
    for (const name of names) {
      for (const more of [
        ['--format', 'c', '-o', file(`${name}.c`)],
        ['-o', file(`${name}.v`)],
      ])
        expect((await adiabit(['export', file('trees.abit'), '--name', name, ...more])).code).toBe(0);
    }
    const program = `#include "front_door.h"\n#include "back-door.h"\nint main(void) { return (int)(FRONT_DOOR_OUTPUTS - BACK_DOOR_OUTPUTS); }\n`;
    await writeFile(file('main.c'), program);
    const sources = ['main.c', ...names.map((name) => `${name}.c`)];
    const compiled = spawnSync('cc', ['-std=c99', ...sources, '-o', 'main'], { cwd: folder, encoding: 'utf8' });
    expect(compiled.stderr).toBe('');
    expect(spawnSync(file('main')).status).toBe(0);
    const modules = names.map((name) =>
      spawnSync('grep', ['-oE', '^module [^ (]+', `${name}.v`], { cwd: folder, encoding: 'utf8' })
        .stdout.split('\n')
        .filter(Boolean),
    );
    expect(modules[0].length).toBeGreaterThan(1);
    expect(modules[0].filter((module) => modules[1].includes(module))).toEqual([]);
  });

  it('a name that no language takes is refused', async () => {
    for (const name of ['', '1st', 'a b', 'a;b', 'a\nb', 'x'.repeat(65)])
      expect((await adiabit(['export', file('trees.abit'), '--name', name])).code).toBe(2);
  });
});
