import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const PACKAGES = ['simulator', 'firmware-templates', 'sdk'];

let project: string;

/** Packs our packages and unpacks them where a user's would lie; what they need is linked from this repository. */
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'adiabit-user-'));
  const modules = join(project, 'node_modules');
  await mkdir(join(modules, '@adiabit'), { recursive: true });
  for (const entry of await readdir(join(root, 'node_modules'))) {
    if (entry !== '@adiabit') await symlink(join(root, 'node_modules', entry), join(modules, entry));
  }
  const workspaces = PACKAGES.flatMap((name) => ['-w', name]);
  const pack = ['pack', '--silent', '--offline', '--ignore-scripts', '--pack-destination', project];
  await run('npm', [...pack, ...workspaces], { cwd: root });
  for (const name of PACKAGES) {
    const folder = join(modules, '@adiabit', name);
    await mkdir(folder);
    await run('tar', ['xzf', join(project, `adiabit-${name}-0.1.0.tgz`), '-C', folder, '--strip-components', '1']);
  }
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
});

afterAll(() => rm(project, { recursive: true }));

async function doors(): Promise<readonly string[]> {
  const of = async (name: string): Promise<readonly string[]> => {
    const text = await readFile(join(project, 'node_modules/@adiabit', name, 'package.json'), 'utf8');
    const { exports } = JSON.parse(text) as { readonly exports: Readonly<Record<string, unknown>> };
    return Object.keys(exports).map((door) => `@adiabit/${name}${door.slice(1)}`);
  };
  return [...(await of('simulator')), ...(await of('sdk'))];
}

type ModuleResolution = 'node16' | 'bundler';

/** What the compiler has to say of a program in a strict project. */
async function compile(
  program: string,
  moduleResolution: ModuleResolution,
  options: Readonly<Record<string, unknown>> = {},
): Promise<readonly string[]> {
  await writeFile(join(project, 'user.ts'), program);
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'es2022',
    lib: ['es2023'],
    types: ['node'],
    moduleResolution,
    module: moduleResolution === 'bundler' ? 'esnext' : 'node16',
    ...options,
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts'] }));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const outcome = run(process.execPath, [compiler, '-p', project], { cwd: project, maxBuffer: 1 << 24 });
  const { stdout } = await outcome.catch((error: unknown) => error as { readonly stdout: string });
  return stdout.split('\n').filter((line) => line !== '');
}

/** A program that has its models from TensorFlow.js, and what it must not pass. */
const tensorflowProgram = `
import * as tf from '@tensorflow/tfjs';
import { adiabatic, adiabaticLayers, binarize, exampleBytes, freezeLayersModel, settle, sharpnessOf } from '@adiabit/sdk/tfjs';

const own = adiabaticLayers(tf);
const layer: tf.layers.Layer = own.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 1] });
const line: tf.Sequential = binarize(tf, tf.sequential({ layers: [layer, own.dense({ units: 2 })] }), { mode: 'both' });
line.add(own.activation({ activation: 'hard-tanh' }));
const input = tf.input({ shape: [4] });
const outputs = own.dense({ units: 2, activation: 'softmax' }).apply(input) as tf.SymbolicTensor;
const graph: tf.LayersModel = binarize(tf, tf.model({ inputs: input, outputs }), { mode: 'weights', keepReal: ['a'] });
const examples: tf.Tensor2D = tf.ones([3, 4]);
await graph.fit(examples, tf.ones([3, 2]), {
  epochs: 2,
  callbacks: [adiabatic(graph, { epochs: 2 }, { examples }), { onEpochEnd: (epoch: number) => console.log(epoch) }],
});
await line.fit(examples, examples, { callbacks: adiabatic(line, { epochs: 2 }) });
await settle(graph, examples);
const { model, report } = await freezeLayersModel(graph, { input: { bits: 8, divisor: 255 }, examples });
const bytes: Uint8Array[] = await exampleBytes(examples, { bits: 8, divisor: 255 });
console.log(model.layers.length, report.isExact, sharpnessOf(graph).kWeight, bytes.length);
// @ts-expect-error: no mode of that name
binarize(tf, graph, { mode: 'all' });
// @ts-expect-error: a layer is no model
binarize(tf, layer, { mode: 'both' });
// @ts-expect-error: a model is not the library
binarize(graph, graph, { mode: 'both' });
// @ts-expect-error: the divisor is missing
await freezeLayersModel(graph, { input: { bits: 8 } });
// @ts-expect-error: no activation of that name
own.dense({ units: 2, activation: 'softsign' });
`;

describe.each(['node16', 'bundler'] as const)('a strict user project that resolves modules as %s', (resolution) => {
  it('compiles against every door, the declarations of libraries included', async () => {
    const imported = await doors();
    expect(imported.length).toBeGreaterThan(20);
    const program = imported.map((door, index) => `export * as door${index} from '${door}';\n`).join('');
    expect(await compile(program, resolution)).toEqual([]);
  });

  it('has its models of TensorFlow.js accepted where they fit, and only there; the declarations of TensorFlow.js themselves have faults', async () => {
    const asWritten = { skipLibCheck: true, lib: ['es2023', 'dom'] };
    expect(await compile(tensorflowProgram, resolution, asWritten)).toEqual([]);
  });
});
