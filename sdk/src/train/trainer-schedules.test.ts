import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AdaptiveSchedule,
  courseOf,
  type CustomSchedule,
  describeSchedule,
  phasesTrained,
  type Schedule,
  type ScheduleRule,
} from './schedules/schedules.js';
import { toyDataset, toyRecipe } from './testing/toy-problem.js';
import { train, type TrainOptions } from './trainer.js';
import { describeBackends } from './testing/compare-backends.js';

describeBackends((name) => {
  const learningRate = { initial: 0.05, k0: 3, power: 0.2, follows: 'kWeight' } as const;
  const pushes = { pushes: 'both', start: { kWeight: 3, kActivation: 3 }, learningRate, maxEpochs: 40 } as const;
  const adaptive: AdaptiveSchedule = { kind: 'adaptive', target: 1.1, ratio: 8, maxPushes: 3, patience: 2, ...pushes };
  const schedules: readonly Schedule[] = [
    adaptive,
    { kind: 'stagnation', keep: 0.6, stopAfter: 3, ratio: 4, maxPushes: 2, patience: 2, ...pushes },
  ];

  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adiabit-schedules-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const optionsFor = (schedule: Schedule): TrainOptions => ({
    recipe: { ...toyRecipe(), schedule },
    dataset: toyDataset(),
    seed: 3,
    backend: name,
  });

  test.each(schedules.map((schedule) => [schedule.kind, schedule] as const))(
    'a training with a schedule of the kind %s pushes, ends by itself, and resumes to the same bytes from every epoch',
    async (kind, schedule) => {
      const options = optionsFor(schedule);
      const whole = await train({ ...options, checkpointFile: join(folder, `${kind}-whole`) });
      expect(whole.hardTestAccuracy).toBeGreaterThan(0.9);
      expect(phasesTrained(whole.history).length).toBeGreaterThan(1);
      expect(whole.history.length).toBeLessThan(40);
      const bytes = await readFile(join(folder, `${kind}-whole`));
      const checkpointFile = join(folder, `${kind}-parts`);
      for (let epoch = 1; epoch < whole.history.length; epoch++) {
        const controller = new AbortController();
        const onEpoch = () => controller.abort();
        const stopped = train({ ...options, checkpointFile, resume: epoch > 1, signal: controller.signal, onEpoch });
        await expect(stopped).rejects.toThrow('cancelled');
      }
      await train({ ...options, checkpointFile, resume: true });
      expect((await readFile(checkpointFile)).equals(bytes)).toBe(true);
      const again = await train({ ...options, checkpointFile, resume: true });
      expect(again.history).toEqual(whole.history);
    },
  );

  interface UntilGood extends CustomSchedule {
    readonly goal: number;
  }

  const untilGood: ScheduleRule<UntilGood, { readonly k: number }> = {
    first: () => ({ action: 'train', setting: { ...at(3), resetsOptimizer: false }, memory: { k: 3 } }),
    next({ goal, maxEpochs }, { memory }, { epoch, hardAccuracy }) {
      const k = 2 * memory.k;
      if (hardAccuracy >= goal || epoch >= maxEpochs) return undefined;
      return { action: 'train', setting: at(k), memory: { k } };
    },
  };

  const at = (k: number) => ({ kWeight: k, kActivation: k, learningRate: 0.05, resetsOptimizer: true });

  test("a rule of one's own trains, and its memory is in the checkpoint", async () => {
    const schedule: UntilGood = { kind: 'custom-until-good', maxEpochs: 5, goal: 1.1 };
    const checkpointFile = join(folder, 'custom');
    const options = { ...optionsFor(schedule), rules: { 'custom-until-good': untilGood }, checkpointFile };
    const { history } = await train(options);
    expect(history.map(({ kWeight }) => kWeight)).toEqual([3, 6, 12, 24, 48]);
    const stopAfterTwo = new AbortController();
    const onEpoch = ({ epoch }: { readonly epoch: number }) => {
      if (epoch === 2) stopAfterTwo.abort();
    };
    await expect(train({ ...options, signal: stopAfterTwo.signal, onEpoch })).rejects.toThrow('cancelled');
    expect((await train({ ...options, resume: true })).history).toEqual(history);
  });

  test('a kind without a rule is refused by name', async () => {
    const schedule: Schedule = { kind: 'custom-unknown', maxEpochs: 3 };
    expect(() => courseOf(schedule)).toThrow("no rule for a schedule of the kind 'custom-unknown'");
    await expect(train(optionsFor(schedule))).rejects.toMatchObject({ code: 'model.bad-value' });
    expect(describeSchedule(schedule)).toBe('{"kind":"custom-unknown","maxEpochs":3}');
  });
});
