import * as tf from '@tensorflow/tfjs';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { circuitOf, compileBitstream, createOracle, loadModel, type BinarizedModel } from '@adiabit/sdk';
import { adiabaticLayers, exampleBytes, freezeLayersModel } from '@adiabit/sdk/tfjs';
import { CompiledEngine, decodeBitstream, runInferences } from '@adiabit/simulator';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = await readFile(join(root, 'docs/guides/tfjs.md'), 'utf8');
const input = { bits: 8, divisor: 255 };
/** Beside the packages, so that the programs of the guide find them. */
const folder = join(root, 'tests/guides/out');

/** A block of the guide, by its language and the file that it names. */
function block(language: string, file: string): string {
  const found = new RegExp(`^\`\`\`${language} ${file}\\n([^]*?)^\`\`\`$`, 'm').exec(guide)?.[1];
  if (found === undefined) throw new Error(`The guide has no ${language} of ${file}.`);
  return found;
}

/** What a program of the guide exports. */
interface Program {
  readonly model: tf.Sequential;
  readonly test: { readonly images: tf.Tensor; readonly labels: tf.Tensor };
}

/** Runs the program of the guide with its diff, which leaves its model in the folder. */
async function runAdiabatic(file: string, digits: number, epochs: number): Promise<Program> {
  await writeFile(join(folder, file), block('ts', file));
  await writeFile(join(folder, `${file}.diff`), `--- ${file}\n+++ ${file}\n${block('diff', file)}`);
  await promisify(execFile)('patch', ['--fuzz=0', file, `${file}.diff`], { cwd: folder });
  Object.assign(process.env, { DIGITS: String(digits), EPOCHS: String(epochs) });
  process.chdir(folder);
  try {
    return (await import(pathToFileURL(join(folder, file)).href)) as Program;
  } finally {
    process.chdir(root);
  }
}

/** Seconds on two quiet cores. */
const TRAINING_TIMEOUT_MS = 600_000;

const programs = [
  { file: 'digits.ts', digits: 6000, epochs: 8, floor: 0.84 },
  { file: 'pictures.ts', digits: 3000, epochs: 6, floor: 0.68 },
] as const;

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(programs)('$file of the guide', ({ file, digits, epochs, floor }) => {
  let program: Program;
  let frozen: BinarizedModel;
  let bytes: readonly Uint8Array[];
  let expected: readonly Int32Array[];

  it('becomes adiabatic by at most six changed lines', () => {
    const added = block('diff', file).match(/^\+/gm) ?? [];
    expect(added.length).toBeLessThanOrEqual(6);
  });

  it(
    'trains by model.fit and leaves a frozen model that is as good as model.evaluate says',
    async () => {
      program = await runAdiabatic(file, digits, epochs);
      frozen = await loadModel(join(folder, file.replace('.ts', '.model.json')));
      const { model, test } = program;
      bytes = await exampleBytes(test.images, input);
      const oracle = createOracle(frozen);
      expected = bytes.map((vector) => oracle(vector).outputs);
      expect(expected.length).toBe(10_000);
      const labels = await test.labels.argMax(1).data();
      const classes = expected.map((outputs) => outputs.indexOf(Math.max(...outputs)));
      const accuracy = classes.filter((one, index) => one === labels[index]).length / 10_000;
      expect(accuracy).toBeGreaterThan(floor);
      const [, evaluated] = model.evaluate(test.images, test.labels) as tf.Scalar[];
      // After so few steps biases are near 0, and sums that are alike are common: float32 orders some otherwise.
      expect(Math.abs(accuracy - (await evaluated.data())[0])).toBeLessThan(0.005);
    },
    TRAINING_TIMEOUT_MS,
  );

  it('is saved, loaded and frozen again to the same integers', async () => {
    const { model, test } = program;
    const saved: tf.io.ModelArtifacts[] = [];
    await model.save(
      tf.io.withSaveHandler((artifacts) => {
        saved.push(artifacts);
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
      }),
    );
    adiabaticLayers(tf);
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved[0]));
    const again = await freezeLayersModel(loaded, { input, name: frozen.name });
    expect(again.model).toEqual(frozen);
    const examples = test.images.slice(0, 500);
    const { report } = await freezeLayersModel(loaded, { input, examples });
    expect(report.agreement.equal).toBeGreaterThanOrEqual(495);
  });

  it(
    'compiles to a circuit that gives the outputs of its oracle for all test digits',
    async () => {
      const { circuit } = circuitOf(decodeBitstream(compileBitstream(frozen).bytes));
      const run = await runInferences(circuit, new CompiledEngine(circuit.netlist), bytes);
      expect(run.outputs).toEqual(Int32Array.from(expected.flatMap((outputs) => [...outputs])));
    },
    TRAINING_TIMEOUT_MS,
  );
});
