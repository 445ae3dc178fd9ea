import { expect, test } from 'vitest';
import type { ScheduleStep } from './rule.js';
import { describeStagnation, type StagnationMemory, stagnationRule, type StagnationSchedule } from './stagnation.js';

const settings: StagnationSchedule = {
  kind: 'stagnation',
  keep: 0.6,
  stopAfter: 3,
  pushes: 'both',
  start: { kWeight: 1, kActivation: 1 },
  ratio: 2,
  maxPushes: 1,
  patience: 5,
  learningRate: { initial: 0.01, k0: 1, power: 1, follows: 'kActivation' },
  maxEpochs: 600,
};

type Step = ScheduleStep<StagnationMemory> | undefined;

/** Where the rule goes with these hard accuracies of the epochs; every probe reads the same soft accuracy. */
function follow(schedule: StagnationSchedule, hardAccuracies: readonly number[], probed = 0.5): readonly Step[] {
  const steps: Step[] = [stagnationRule.first(schedule)];
  hardAccuracies.forEach((hardAccuracy, index) => {
    const outcome = { epoch: index + 1, softAccuracy: 0.5, hardAccuracy };
    steps.push(stagnationRule.next(schedule, steps[steps.length - 1]!, outcome));
    while (steps[steps.length - 1]?.action === 'probe') {
      const probe = { ...outcome, softAccuracy: probed };
      steps.push(stagnationRule.next(schedule, steps[steps.length - 1]!, probe));
    }
  });
  return steps;
}

const weights = (steps: readonly Step[]) => steps.map((step) => step?.setting.kWeight);
const repeat = (value: number, count: number) => new Array<number>(count).fill(value);

test('it pushes after five epochs without a better hard network, and then after two: the count goes on from 3', () => {
  const steps = follow({ ...settings, pushes: 'weights' }, repeat(0.4, 9));
  // Epoch 1 is better than nothing; epochs 2 to 6 are the five; 7 and 8 bring the count from 3 to 5 again.
  expect(weights(steps)).toEqual([...repeat(1, 6), 2, 2, 4, 4]);
  expect(steps[6]!.setting.resetsOptimizer).toBe(true);
  expect(steps[7]!.setting.resetsOptimizer).toBe(false);
});

test('a better hard network starts the count anew', () => {
  const steps = follow({ ...settings, pushes: 'weights' }, [...repeat(0.4, 5), 0.41, ...repeat(0.4, 5)]);
  expect(weights(steps)).toEqual([...repeat(1, 11), 2]);
});

test('it gives up after three times the patience without a better hard network', () => {
  const steps = follow(settings, repeat(0.4, 16));
  expect(steps[15]).toBeDefined();
  expect(steps[16]).toBeUndefined();
});

test('weights and activations take turns', () => {
  const settingsSeen = follow(settings, repeat(0.4, 8)).map((step) => step!.setting);
  expect(settingsSeen[6]).toMatchObject({ kWeight: 2, kActivation: 1, learningRate: 0.01 });
  expect(settingsSeen[8]).toMatchObject({ kWeight: 2, kActivation: 2, learningRate: 0.005 });
});

test('several pushes at once stop at the first that costs accuracy', () => {
  const three = { ...settings, pushes: 'weights', maxPushes: 3 } as const;
  expect(follow(three, repeat(0.4, 6), 0.6).at(-1)!.setting.kWeight).toBe(8);
  expect(follow(three, repeat(0.4, 6), 0.49).at(-1)!.setting.kWeight).toBe(2);
});

test('it ends beyond k = 1000 and at the most epochs', () => {
  expect(follow({ ...settings, start: { kWeight: 600, kActivation: 1 } }, repeat(0.4, 6))[6]).toBeUndefined();
  expect(follow({ ...settings, maxEpochs: 2 }, repeat(0.4, 2))[2]).toBeUndefined();
});

test('a schedule prints what it will do', () => {
  expect(describeStagnation({ ...settings, pushes: 'weights' })).toBe(
    'pushes after 5 epochs without a better hard network, and then sooner (the count goes on from 0.6 of itself); gives up after 15\n' +
      'starts at k = 1 (weights) and 1 (activations); a push multiplies k by 2 (weights)\n' +
      'learning rate 0.01 / (k / 1)^1; ends beyond k = 1000, after at most 600 epochs',
  );
});
