/** Networks of convolutions from a model file to a board, by the commands that a user types. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { saveModel } from '@adiabit/sdk';
import { exampleVectors, freeze, loadFolder, speechNetwork, spokenDigits, train } from '@adiabit/sdk/train';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pictureRecipe, toySounds } from '../../sdk/src/train/testing/toy-pictures.js';
import { adiabit } from '../support/cli.js';
import { idxFile, writeEasyDigits } from '../support/digits.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { pictureNetwork } from '../support/sample-networks.js';
import { missingTools, titled } from '../support/tools.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.dispose());

const file = (name: string): string => join(folder.path, name);

/** The result of a command that must succeed. */
async function result(...args: string[]): Promise<unknown> {
  const env = { ADIABIT_HOME: file('home') };
  const { code, stdout, stderr } = await adiabit([...args, '--json'], { env });
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const allEqual = (board: string, vectors: number) => ({
  board,
  inferences: vectors,
  witness: { vectors, mismatches: 0 },
});

describe('a network of convolutions', () => {
  const TEST_PICTURES = 20;
  const data = ['--data', ''];
  beforeAll(async () => {
    data[1] = file('digits');
    await writeEasyDigits(file('digits'), 100, TEST_PICTURES);
    await saveModel(file('pictures.model.json'), { name: 'pictures', ...pictureNetwork(repeatableNumbers(81), 28) });
    await result('compile', file('pictures.model.json'), ...data);
  });

  it('is compiled, flashed and run over the whole test set on a board, every output the simulator’s', async () => {
    const port = ['--port', 'virtual:rp2040'];
    expect(await result('flash', file('pictures.abit'), ...port)).toMatchObject({ goldenVectors: 4 });
    const ran = await result('run', file('pictures.abit'), '--all', ...port, ...data);
    expect(ran).toMatchObject(allEqual('rp2040', TEST_PICTURES));
  }, 120_000);

  it('is simulated from its bytes alone, and from bytes that are shifted into empty memories, as the model says', async () => {
    const model = ['--model', file('pictures.model.json'), ...data];
    const simulated = await result('simulate', file('pictures.abit'), '--limit', '3', ...model);
    expect(simulated).toMatchObject({ inferences: 3, witnesses: [{ mismatches: 0 }, { mismatches: 0 }] });
    const goals = ['--form', 'scan', '--max-luts', '3000', '--limit', '2'];
    const loaded = await result('simulate', file('pictures.abit'), ...goals, ...model);
    expect(loaded).toMatchObject({ inferences: 2, witnesses: [{ mismatches: 0 }, { mismatches: 0 }] });
    expect((loaded as { loadingCycles: number }).loadingCycles).toBeGreaterThan(1000);
  }, 120_000);

  it('is explained, place by place and with its feature maps, to the class that the circuit gives', async () => {
    const svg = file('why.svg');
    const explained = await result(
      'explain',
      file('pictures.abit'),
      ...data,
      '--index',
      '7',
      '--most',
      '5',
      '--svg',
      svg,
    );
    const { outputs, layers, ...answer } = explained as {
      readonly class: number;
      readonly outputs: readonly { readonly output: number }[];
      readonly layers: readonly { readonly kind: string; readonly bits?: { readonly nearest: readonly unknown[] } }[];
    };
    expect(layers.map(({ kind }) => kind)).toEqual([
      ...['convolution', 'pool', 'convolution', 'convolution', 'add', 'activation', 'pool'],
    ]);
    expect(layers.map(({ bits }) => bits?.nearest.length)).toEqual([
      5,
      undefined,
      5,
      undefined,
      undefined,
      5,
      undefined,
    ]);
    expect(Math.max(...outputs.map(({ output }) => output))).toBe(outputs[answer.class].output);
    expect((await readFile(svg, 'utf8')).match(/<image/g)).toHaveLength(1 + 6);
  });

  const missing = missingTools('qemu-system-arm');
  it.skipIf(missing.length > 0)(
    titled('runs with --all --board on a board in QEMU, every output the simulator’s', missing),
    async () => {
      const ran = await result('run', file('pictures.abit'), '--all', '--board', 'stm32f405', ...data);
      expect(ran).toMatchObject(allEqual('stm32f405', TEST_PICTURES));
    },
    120_000,
  );
});

describe('a network of sounds', () => {
  const TEST_SOUNDS = 10;

  /** Tones in mu-law, a second each. */
  async function writeTones(to: string): Promise<void> {
    await mkdir(to, { recursive: true });
    for (const [part, count] of [
      ['train', 20],
      ['validation', 10],
      ['test', TEST_SOUNDS],
    ] as const) {
      const { values, labels } = toySounds(spokenDigits.shape, count, count, spokenDigits.classNames.length);
      await writeFile(join(to, `${part}-audio-idx2-ulaw`), idxFile([count, ...spokenDigits.shape], values));
      await writeFile(join(to, `${part}-labels-idx1-ubyte`), idxFile([count], labels));
    }
  }

  it('is trained, frozen, compiled and run with --all --board, every output the simulator’s', async () => {
    await writeTones(file('tones'));
    const dataset = await loadFolder(file('tones'), spokenDigits);
    const recipe = pictureRecipe(speechNetwork('both', 3));
    const { network } = await train({ recipe, dataset, seed: 1, backend: 'wasm' });
    const { model } = freeze({ ...network, name: 'tones' }, exampleVectors(dataset.validation));
    expect(model.input.preparation).toMatchObject({ samples: 'muLaw' });
    await saveModel(file('tones.model.json'), model);
    const data = ['--data', file('tones')];
    await result('compile', file('tones.model.json'), ...data);
    const ran = await result('run', file('tones.abit'), '--all', '--board', 'rp2040', ...data);
    expect(ran).toMatchObject(allEqual('rp2040', TEST_SOUNDS));
  }, 240_000);
});
