import { readFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '@adiabit/sdk';
import { FEATURES, installLine } from '../../sdk/src/packages/features.js';
import { randomModel } from '../../sdk/src/polish/testing/random-model.js';
import { adiabit } from '../support/cli.js';
import { writeEasyDigits } from '../support/digits.js';
import { bytesIn, pack, root, run } from '../support/packages.js';

/** What two installations may take, as docs/packages.md says. */
const SMALL_BYTES = 20_000_000;
const TRAINING_BYTES = 150_000_000;

/** What a script of the user's prints, or the error that ends it. */
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let project: string;

/** Installs our tarballs into an empty folder with the real npm, and nothing else. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'adiabit-install-'));
  const packed = await pack(['simulator', 'firmware-templates', 'sdk'], ['--pack-destination', project]);
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await install(packed.map(({ filename }) => `./${filename}`));
}, 300_000);
afterAll(() => rm(project, { recursive: true }));

const install = (packages: readonly string[]): Promise<unknown> =>
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages], { cwd: project });

const command = (...args: string[]): Promise<Outcome> => node('node_modules/@adiabit/sdk/bin/adiabit.js', ...args);
async function script(text: string): Promise<Outcome> {
  await writeFile(join(project, 'script.js'), text);
  return node('script.js');
}
const node = (...args: string[]): Promise<Outcome> =>
  run(process.execPath, args, { cwd: project }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as Outcome,
  );

describe('@adiabit/sdk in an empty folder', () => {
  it('takes at most 20 MB, and none of the packages that training needs', async () => {
    expect(await bytesIn(join(project, 'node_modules'))).toBeLessThan(SMALL_BYTES);
    const lock = await readFile(join(project, 'package-lock.json'), 'utf8');
    for (const name of Object.values(FEATURES).flatMap(({ packages }) => packages))
      expect(lock).not.toContain(`"node_modules/${name}"`);
  });

  it('compiles, simulates and flashes an emulated board from a script of the user', async () => {
    await saveModel(join(project, 'random.model.json'), randomModel(1));
    const { stdout, stderr } = await script(`
      import { compile, loadModel } from '@adiabit/sdk';
      import { boardAt, flashBoard } from '@adiabit/sdk/workflow';
      import { CompiledEngine, runInferences } from '@adiabit/simulator';
      const model = await loadModel('random.model.json');
      const input = Uint8Array.from({ length: 12 }, (_, index) => 20 * index);
      const { bytes, circuit } = compile(model, { goldenInputs: [input] });
      const { classes, count } = await runInferences(circuit, new CompiledEngine(circuit.netlist), [input]);
      const flashed = await flashBoard({ bytes }, boardAt({ port: 'virtual:rp2040' }));
      console.log(count, classes.length, flashed.slot);
    `);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^1 1 \d+$/m);
  });

  it('does the same from the command line', async () => {
    await saveModel(join(project, 'random.model.json'), randomModel(1));
    expect((await command('compile', 'random.model.json')).code).toBe(0);
    const flashed = await command('flash', 'random.abit', '--port', 'virtual:rp2040', '--json');
    expect(JSON.parse(flashed.stdout)).toHaveProperty('slot');
    expect((await command('export', 'random.abit', '-o', 'random.v')).code).toBe(0);
  });

  it.each([
    ['the door of training', "import '@adiabit/sdk/train'", 'training'],
    ['a backend', "import { trainToFolder } from '@adiabit/sdk/workflow'; await trainToFolder({})", 'training'],
    [
      'a drawing',
      "import { exportToFile } from '@adiabit/sdk/workflow'; await exportToFile({ bitstream: 'random.abit', format: 'svg', scope: 'layer1.neuron0', output: 'x.svg' })",
      'graphs',
    ],
  ] as const)('says of %s which line installs what is absent', async (_, code, feature) => {
    const { code: exit, stderr } = await script(code);
    expect(exit).toBe(1);
    expect(stderr).toContain("code: 'package.not-installed'");
    expect(stderr).toContain(installLine(feature));
  });

  it('says so on the command line before it works, in one line and with its code', async () => {
    await writeEasyDigits(join(project, 'digits'), 200, 20);
    const { code, stderr } = await command('train', '--recipe', 'mnist-demo', '--data', 'digits');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${installLine('training')} [package.not-installed]`)]);
    const { stdout } = await command('doctor', '--json');
    expect(stdout).toContain(installLine('training'));
  });

  it('trains two epochs once that line is given, in at most 150 MB', async () => {
    await install(FEATURES.training.packages);
    expect(await bytesIn(join(project, 'node_modules'))).toBeLessThan(TRAINING_BYTES);
    await mkdir(join(project, 'digits'), { recursive: true });
    await writeEasyDigits(join(project, 'digits'), 400, 40);
    const { stdout, stderr } = await script(`
      import { findRecipe, loadMnist, withEpochs } from '@adiabit/sdk/train';
      import { trainToFolder } from '@adiabit/sdk/workflow';
      const dataset = await loadMnist({ folder: 'digits' });
      const recipe = withEpochs(findRecipe('mnist-demo'), 2);
      const { record, files } = await trainToFolder({ recipe, dataset, seed: 1, backend: 'wasm', folder: 'out' });
      console.log(record.epochs, record.backend, files.model, files.report);
    `);
    expect(stderr).toBe('');
    expect(stdout).toContain('2 wasm out/mnist-demo.model.json out/report.html');
    expect((await adiabit(['compile', join(project, 'out/mnist-demo.model.json')], { cwd: root })).code).toBe(0);
  }, 300_000);
});
