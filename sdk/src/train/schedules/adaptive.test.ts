import { expect, test } from 'vitest';
import { type AdaptiveMemory, adaptiveRule, type AdaptiveSchedule, describeAdaptive } from './adaptive.js';
import type { ScheduleStep } from './rule.js';

const settings: AdaptiveSchedule = {
  kind: 'adaptive',
  target: 0.9,
  pushes: 'both',
  start: { kWeight: 4, kActivation: 4 },
  ratio: 1.5,
  maxPushes: 3,
  patience: 3,
  learningRate: { initial: 0.01, k0: 4, power: 1, follows: 'kWeight' },
  maxEpochs: 600,
};

type Step = ScheduleStep<AdaptiveMemory> | undefined;

/** Where the rule goes when every epoch and probe comes to the given accuracies; hard accuracy 0.5 throughout. */
function follow(schedule: AdaptiveSchedule, accuracies: readonly number[]): readonly Step[] {
  const steps: Step[] = [adaptiveRule.first(schedule)];
  let epoch = 0;
  for (const softAccuracy of accuracies) {
    const step = steps[steps.length - 1]!;
    if (step.action === 'train') epoch++;
    steps.push(adaptiveRule.next(schedule, step, { epoch, softAccuracy, hardAccuracy: 0.5 }));
  }
  return steps;
}

const printed = (steps: readonly Step[]) =>
  steps.map((step) => step && `${step.action} ${step.setting.kWeight}/${step.setting.kActivation}`);

test('a push waits for the target, is looked at, and goes on up to three times', () => {
  const steps = follow(settings, [0.7, 0.92, 0.91, 0.95, 0.8]);
  expect(printed(steps)).toEqual(['train 4/4', 'train 4/4', 'probe 6/4', 'probe 9/4', 'train 13.5/4', 'train 13.5/4']);
  expect(steps.map((step) => step!.setting.resetsOptimizer)).toEqual([false, false, true, true, true, false]);
});

test('a push that costs accuracy ends the turn of the weights, and the activations follow', () => {
  expect(printed(follow(settings, [0.9, 0.89, 0.95, 0.2, 0.9]))).toEqual([
    ...['train 4/4', 'probe 6/4', 'train 6/4', 'probe 6/6', 'train 6/6', 'probe 9/6'],
  ]);
});

test('after the patience the target is the best since the last push, which is pushed from at once', () => {
  const steps = follow(settings, [0.5, 0.7, 0.6, 0.65, 0.6, 0.69]);
  expect(printed(steps.slice(0, 5))).toEqual(['train 4/4', 'train 4/4', 'train 4/4', 'probe 6/4', 'train 6/4']);
  expect(steps[3]!.memory.target).toBe(0.7);
  expect(steps[6]!.action).toBe('train');
});

test('the accuracy of before a push does not count after it', () => {
  const steps = follow(settings, [0.95, 0.1, 0.3, 0.4, 0.2]);
  expect(steps[5]!.memory.target).toBe(0.4);
});

test('the learning rate follows k', () => {
  const rates = follow(settings, [0.95, 0.95, 0.95]).map((step) => step!.setting.learningRate);
  expect(rates[0]).toBe(0.01);
  expect(rates[3]).toBeCloseTo(0.01 / 1.5 ** 3, 12);
});

test('a warm-up runs at its own rate, and its epochs do not count towards the patience', () => {
  const steps = follow({ ...settings, warmUp: { epochs: 4, factor: 10 } }, [0.5, 0.5, 0.5, 0.5, 0.5, 0.4]);
  expect(steps.map((step) => step!.setting.learningRate)).toEqual([0.1, 0.1, 0.1, 0.1, 0.01, 0.01, expect.anything()]);
  expect(steps.map((step) => step!.action)).toEqual(['train', 'train', 'train', 'train', 'train', 'train', 'probe']);
});

test.each(['weights', 'activations'] as const)('only the %s are pushed when only they are named', (pushes) => {
  const steps = follow({ ...settings, pushes, maxPushes: 1 }, [1, 1]);
  expect(steps[2]!.setting).toMatchObject(
    pushes === 'weights' ? { kWeight: 9, kActivation: 4 } : { kWeight: 4, kActivation: 9 },
  );
});

test('it ends beyond k = 1000, at the most epochs, or when the hard network is good enough', () => {
  const nearHard = { ...settings, start: { kWeight: 700, kActivation: 4 } };
  expect(follow(nearHard, [0.95])[1]).toBeUndefined();
  expect(follow({ ...settings, maxEpochs: 2 }, [0.1, 0.1])[2]).toBeUndefined();
  const first = adaptiveRule.first(settings);
  expect(adaptiveRule.next(settings, first, { epoch: 1, softAccuracy: 0.5, hardAccuracy: 0.9 })).toBeUndefined();
});

test.each<[string, Partial<AdaptiveSchedule>]>([
  ['ratio must be above 1 and finite, not 1', { ratio: 1 }],
  ['start.kWeight must be positive and finite, not 0', { start: { kWeight: 0, kActivation: 1 } }],
  ['patience must be a positive integer, not 0.5', { patience: 0.5 }],
])('settings are refused: %s', (message, change) => {
  expect(() => adaptiveRule.first({ ...settings, ...change })).toThrow(message);
});

test('a schedule prints what it will do', () => {
  expect(describeAdaptive(settings)).toBe(
    'pushes when the validation accuracy reaches 0.9; after 3 epochs without, the target is the best since the last push\n' +
      'starts at k = 4 (weights) and 4 (activations); a push multiplies k by 1.5 (weights and activations in turn, up to 3 times at once)\n' +
      'learning rate 0.01 / (k / 4)^1; ends beyond k = 1000, after at most 600 epochs',
  );
});
