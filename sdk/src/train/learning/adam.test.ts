import { expect, test } from 'vitest';
import { adamUpdate, decayFactor, defaultAdam, freshAdamState } from './adam.js';

test('the first update moves every weight by the learning rate against its gradient', () => {
  const values = Float32Array.of(1, 1, 1);
  adamUpdate(defaultAdam, freshAdamState([values]), 0.01, [values], [Float32Array.of(5, -0.001, 0)]);
  expect(values[0]).toBeCloseTo(0.99, 6);
  expect(values[1]).toBeCloseTo(1.01, 4);
  expect(values[2]).toBe(1);
});

test('updates follow the textbook form of the algorithm, moment by moment', () => {
  const gradients = [0.3, -0.2, 0.25, 0.1, -0.4, 0.05];
  const values = Float32Array.of(0.5);
  const state = freshAdamState([values]);
  let expected = 0.5;
  let first = 0;
  let second = 0;
  gradients.forEach((gradient, index) => {
    adamUpdate(defaultAdam, state, 0.01, [values], [Float32Array.of(gradient)]);
    first = 0.9 * first + 0.1 * gradient;
    second = 0.999 * second + 0.001 * gradient ** 2;
    const correctedFirst = first / (1 - 0.9 ** (index + 1));
    const correctedSecond = second / (1 - 0.999 ** (index + 1));
    expected -= (0.01 * correctedFirst) / Math.sqrt(correctedSecond);
  });
  expect(state.updates).toBe(6);
  expect(Math.abs(values[0] - expected)).toBeLessThan(1e-5);
  expect(Math.abs(state.firstMoments[0][0] - first)).toBeLessThan(1e-7);
  expect(Math.abs(state.secondMoments[0][0] - second)).toBeLessThan(1e-8);
});

test('a quadratic bowl is descended to its bottom', () => {
  const values = Float32Array.of(3, -2);
  const state = freshAdamState([values]);
  for (let step = 0; step < 2000; step++) {
    adamUpdate(defaultAdam, state, 0.01, [values], [Float32Array.of(2 * (values[0] - 1), 20 * values[1])]);
  }
  expect(values[0]).toBeCloseTo(1, 3);
  expect(values[1]).toBeCloseTo(0, 3);
});

test('weights shrink by the learning rate times the decay, and not at all without one', () => {
  expect(decayFactor({ ...defaultAdam, weightDecay: 0.02 }, 0.005)).toBeCloseTo(0.9999, 12);
  expect(decayFactor(defaultAdam, 0.005)).toBe(1);
});
