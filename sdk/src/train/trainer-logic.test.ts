import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleVectors } from './datasets/dataset.js';
import { evaluateFrozen } from './evaluation/evaluate-frozen.js';
import { evaluateHard } from './evaluation/evaluate-hard.js';
import { freeze } from './freezing/freeze.js';
import { defaultAdam } from './learning/adam.js';
import type { LayerSpec } from './network/layer-specs.js';
import { logicSchedule } from './recipes/logic-recipes.js';
import type { Recipe } from './recipes/recipes.js';
import { toyDataset } from './testing/toy-problem.js';
import { train, type TrainOptions } from './trainer.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adiabit-logic-'));
});
afterAll(() => rm(folder, { recursive: true }));

function optionsFor(depth: number): TrainOptions {
  const tables: LayerSpec = { kind: 'logic', tables: 30, tableInputs: 3, candidates: 6 };
  const recipe: Recipe = {
    name: 'toy-logic',
    description: 'for tests',
    network: {
      name: 'toy-logic',
      inputs: 12,
      inputShape: [3, 4, 1],
      inputBits: 8,
      divisor: 1,
      layers: [
        { kind: 'thermometer', thresholds: [[90, 128, 170]] },
        ...Array.from({ length: depth }, () => tables),
        { kind: 'group-sum', classes: 3, temperature: 1.5 },
      ],
      mode: 'both',
    },
    batchSize: 8,
    shards: 2,
    schedule: logicSchedule(12, { initial: 0.04, power: 0.4 }),
    adam: { ...defaultAdam, epsilon: 1e-9 },
    augmentation: { maxShift: 1, fill: 'nearest' },
  };
  return { recipe, dataset: toyDataset(), seed: 1, backend: 'wasm', threads: 1 };
}

test.each([1, 2])('%i layers of tables learn, and are as good hard and frozen as soft', async (depth) => {
  const options = optionsFor(depth);
  const { history, network, hardTestAccuracy, softTestAccuracy } = await train(options);
  expect(history.at(-1)!.loss).toBeLessThan(0.6 * history[0].loss);
  expect(hardTestAccuracy).toBeGreaterThan(0.85);
  expect(Math.abs(softTestAccuracy - hardTestAccuracy)).toBeLessThan(0.05);
  expect(evaluateHard(network, options.dataset.test)).toBe(hardTestAccuracy);
  const { model, report } = freeze(network, exampleVectors(options.dataset.validation));
  expect(report.isExact).toBe(true);
  expect(await evaluateFrozen(model, options.dataset.test)).toBe(hardTestAccuracy);
});

test('a training of tables that is stopped and resumed, on two threads, ends in the bytes of one that was not', async () => {
  const options = optionsFor(1);
  const whole = await train({ ...options, checkpointFile: join(folder, 'whole') });
  const controller = new AbortController();
  const parts: TrainOptions = { ...options, threads: 2, cores: 2, checkpointFile: join(folder, 'parts') };
  // The first rewiring is in the third epoch.
  const onEpoch = ({ epoch }: { readonly epoch: number }) => {
    if (epoch === 3) controller.abort();
  };
  await expect(train({ ...parts, signal: controller.signal, onEpoch })).rejects.toThrow('cancelled');
  const resumed = await train({ ...parts, resume: true });
  expect((await readFile(join(folder, 'parts'))).equals(await readFile(join(folder, 'whole')))).toBe(true);
  expect(resumed.network).toEqual(whole.network);
});

test('wires are looked for while the schedule says so, and then stay among the candidates they have', async () => {
  const sourcesAfter = async (rewires: boolean): Promise<readonly Uint32Array[]> => {
    const { recipe, ...rest } = optionsFor(1);
    const schedule = logicSchedule(12, { initial: 0.04, power: 0.4 });
    const phases = schedule.phases.map((phase) => ({ ...phase, rewires: false }));
    const options = { ...rest, recipe: { ...recipe, schedule: rewires ? schedule : { ...schedule, phases } } };
    const { network } = await train(options);
    return network.layers.flatMap((layer) => (layer.kind === 'logic' ? [layer.sources] : []));
  };
  const [kept, rewired] = [await sourcesAfter(false), await sourcesAfter(true)];
  const changed = kept[0].filter((source, index) => source !== rewired[0][index]).length;
  expect(changed).toBeGreaterThan(50);
  expect(changed).toBeLessThan(kept[0].length);
});
