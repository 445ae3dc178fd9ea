import { expect, test } from 'vitest';
import { resolveLayers } from '../network/network.js';
import { findRecipe } from '../recipes/families.js';
import { recipes } from '../recipes/recipes.js';
import {
  activationsAhead,
  boundedSchedule,
  countEpochs,
  courseOf,
  describeSchedule,
  expandSchedule,
  type FixedSchedule,
  pushApart,
  pushTogether,
  rise,
} from './schedules.js';

const schedule = {
  phases: pushTogether([
    [3, 2],
    [96, 1],
  ]),
  learningRate: { initial: 1e-3, k0: 3, power: 0.2, follows: 'kWeight' },
} as const;

test('a schedule becomes one plan an epoch, and a push resets the optimizer', () => {
  expect(expandSchedule(schedule)).toEqual([
    { epoch: 1, kWeight: 3, kActivation: 3, learningRate: 1e-3, resetsOptimizer: false },
    { epoch: 2, kWeight: 3, kActivation: 3, learningRate: 1e-3, resetsOptimizer: false },
    // 96 / 3 = 32 = 2^5, so the rate is halved.
    { epoch: 3, kWeight: 96, kActivation: 96, learningRate: 5e-4, resetsOptimizer: true },
  ]);
});

test('a push of the activations alone resets the optimizer, and the rate follows the named sharpness', () => {
  const phases = [
    { kWeight: 3, kActivation: 3, epochs: 1 },
    { kWeight: 3, kActivation: 96, epochs: 1 },
    { kWeight: 3, kActivation: 96, epochs: 1 },
  ];
  const plans = expandSchedule({ phases, learningRate: { ...schedule.learningRate, follows: 'kActivation' } });
  expect(plans.map(({ resetsOptimizer }) => resetsOptimizer)).toEqual([false, true, false]);
  expect(plans.map(({ learningRate }) => learningRate)).toEqual([1e-3, 5e-4, 5e-4]);
});

test.each([
  [{ kWeight: 0, kActivation: 3, epochs: 1 }, 'phase 0: kWeight must be positive and finite, not 0'],
  [{ kWeight: 3, kActivation: Infinity, epochs: 1 }, 'phase 0: kActivation must be positive and finite, not Infinity'],
  [{ kWeight: 3, kActivation: 3, epochs: 0 }, 'phase 0: epochs must be a positive integer, not 0'],
])('the phase %j is refused', (phase, message) => {
  expect(() => expandSchedule({ ...schedule, phases: [phase] })).toThrow(message);
});

test('a schedule without phases is refused', () => {
  expect(() => expandSchedule({ ...schedule, phases: [] })).toThrow('no phases');
});

test('a schedule prints one line a phase', () => {
  expect(describeSchedule(schedule)).toBe(
    '2 epochs at k = 3 (weights) and 3 (activations), learning rate 1.00e-3\n' +
      '1 epoch at k = 96 (weights) and 96 (activations), learning rate 5.00e-4',
  );
});

test("mnist-both is the authors' schedule: 29 epochs, batch 32, k from 3 to 999", () => {
  const recipe = findRecipe('mnist-both')!;
  const plans = expandSchedule(recipe.schedule as FixedSchedule);
  expect(recipe.batchSize).toBe(32);
  expect(plans.map(({ kWeight }) => kWeight)).toEqual([
    ...[3, 3, 3, 3, 3, 3, 3, 3, 10, 10, 10, 20, 20, 20, 50, 50, 50],
    ...[100, 100, 100, 300, 300, 300, 500, 500, 500, 999, 999, 999],
  ]);
  for (const { kWeight, kActivation, learningRate } of plans) {
    expect(kActivation).toBe(kWeight);
    expect(learningRate).toBeCloseTo(1e-3 / (kWeight / 3) ** 0.2, 12);
  }
});

test("mnist-activations is the authors' schedule: 13 epochs that end hard", () => {
  const plans = expandSchedule(findRecipe('mnist-activations')!.schedule as FixedSchedule);
  expect(plans.map(({ kActivation }) => kActivation)).toEqual([
    ...[1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 6, 6, 6, 1001, 1001],
  ]);
  expect(plans[12].learningRate).toBeCloseTo(1e-3 / (1001 / 1.5) ** 0.3, 12);
});

test('every recipe can be trained: its name is unique, its network resolves, its schedule begins', () => {
  expect(new Set(recipes.map(({ name }) => name)).size).toBe(recipes.length);
  for (const recipe of recipes) {
    expect(resolveLayers(recipe.network).length).toBeGreaterThan(1);
    expect(courseOf(recipe.schedule).first().action).toBe('train');
    expect(countEpochs(recipe.schedule)).toBeGreaterThan(0);
  }
});

test('there is no recipe of an unknown name', () => {
  expect(findRecipe('mnist')).toBeUndefined();
});

test('activations ahead of the weights rise by one factor to 999, and leave weights, rates and epochs as they were', () => {
  const schedule = boundedSchedule([[3, 4], ...rise(4, 20, 6), [999, 3]], 1e-3);
  const [before, ahead] = [schedule, activationsAhead(schedule, { after: 4, epochs: 5 })].map(expandSchedule);
  const others = (plans: typeof before) => plans.map((plan) => ({ ...plan, kActivation: 0 }));
  expect(others(ahead)).toEqual(others(before));
  const sharpness = ahead.map(({ kActivation }) => kActivation);
  expect(sharpness.slice(0, 4)).toEqual([2.9, 2.9, 2.9, 2.9]);
  expect(sharpness.slice(8)).toEqual([999, 999, 999, 999, 999]);
  const factors = sharpness.slice(3, 8).map((k, index) => sharpness[index + 4] / k);
  for (const factor of factors) expect(factor).toBeCloseTo((999 / 2.9) ** (1 / 5), 1);
});

test('weights and activations pushed apart change where their own steps do, and are of as many epochs', () => {
  const weights = [
    [3, 2],
    [6.0004, 2],
  ] as const;
  expect(pushApart(weights, [[5, 4]])).toEqual([
    { kWeight: 3, kActivation: 5, epochs: 2 },
    { kWeight: 6, kActivation: 5, epochs: 2 },
  ]);
  const activations = [
    [1, 1],
    [9, 3],
  ] as const;
  expect(pushApart(weights, activations).map(({ epochs }) => epochs)).toEqual([1, 1, 2]);
  expect(() => pushApart(weights, [[5, 3]])).toThrow('4 epochs for weights and 3 for activations');
});
