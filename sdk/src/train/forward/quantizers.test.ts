import { beforeAll, expect, test } from 'vitest';
import type { Tensor } from '@tensorflow/tfjs-core';
import { openTensorBackend, type TensorBackend } from '../backends/tensor-backend.js';
import { HARD_SHARPNESS } from '../network/activations.js';
import type { ActivationName } from '../network/trained-network.js';
import { sharpenActivation, sharpenWeight } from './quantizers.js';

let backend: TensorBackend;
beforeAll(async () => {
  backend = await openTensorBackend({ name: 'wasm' });
});

type RealFunction = (x: number, k: number) => number;

const clip = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);

/** METHOD's formulas, written down once more in float64. */
const softFormulas: readonly (readonly [ActivationName, RealFunction])[] = [
  ['tanh', (x, k) => Math.tanh(k * x)],
  ['rectified-tanh', (x, k) => Math.tanh(k * Math.max(x, 0))],
  ['sigmoid', (x, k) => 1 / (1 + Math.exp(-k * x))],
  ['hard-tanh', (x, k) => clip(k * x, -1, 1)],
  ['clipped-linear', (x, k) => clip(k * x, 0, 1)],
  ['relu', (x) => Math.max(x, 0)],
  ['none', (x) => x],
];

/** Away from the kinks, where a central difference means nothing. */
const points = [-1.7, -0.6, -0.21, -0.04, 0.03, 0.07, 0.18, 0.55, 1.9];
const sharpnesses = [0.5, 3, 20, 999];

async function valuesAndGradients(apply: (x: Tensor) => Tensor): Promise<{ values: number[]; gradients: number[] }> {
  backend.activate();
  const { tf } = backend;
  const x = tf.tensor1d(points);
  const { value, grad } = tf.valueAndGrad((input: Tensor) => tf.sum(apply(input)))(x);
  const applied = apply(x);
  const result = { values: [...(await applied.data())], gradients: [...(await grad.data())] };
  tf.dispose([x, value, grad, applied]);
  return result;
}

function expectTrueGradient(formula: RealFunction, k: number, values: readonly number[], gradients: readonly number[]) {
  const step = 1e-6 / k;
  points.forEach((x, index) => {
    expect(Math.abs(values[index] - formula(x, k))).toBeLessThan(1e-5);
    const slope = (formula(x + step, k) - formula(x - step, k)) / (2 * step);
    expect(Math.abs(gradients[index] - slope)).toBeLessThan(1e-5 * k + 1e-6);
  });
}

test.each(softFormulas)(
  'the soft activation %s and its gradient are the formula and its slope',
  async (name, formula) => {
    for (const k of sharpnesses) {
      const { values, gradients } = await valuesAndGradients((x) => sharpenActivation(backend.tf, name, x, k));
      expectTrueGradient(formula, k, values, gradients);
    }
  },
);

test('the soft weight and its gradient are tanh(k w) and its slope', async () => {
  for (const k of sharpnesses) {
    const { values, gradients } = await valuesAndGradients((w) => sharpenWeight(backend.tf, w, k));
    expectTrueGradient((w) => Math.tanh(k * w), k, values, gradients);
  }
});

test.each([
  ['tanh', [-1, -1, 1, 1, 1, 1]],
  ['rectified-tanh', [0, 0, 1, 1, 1, 1]],
  ['sigmoid', [0, 0, 1, 1, 1, 1]],
  ['hard-tanh', [-1, -1, 1, 1, 1, 1]],
  ['clipped-linear', [0, 0, 1, 1, 1, 1]],
] as const)('from k = 1000 on the activation %s is a step that fires at zero', async (name, expected) => {
  const { tf } = backend;
  for (const k of [HARD_SHARPNESS, 1e9, Infinity]) {
    backend.activate();
    const result = tf.tidy(() => sharpenActivation(tf, name, tf.tensor1d([-2, -1e-30, -0, 0, 1e-30, 2]), k));
    expect([...(await result.data())]).toEqual(expected);
    result.dispose();
  }
});

test('a hard weight is its sign, +1 at zero, with gradient zero', async () => {
  const { tf } = backend;
  backend.activate();
  const result = tf.tidy(() => sharpenWeight(tf, tf.tensor1d([-2, -1e-30, -0, 0, 1e-30, 2]), Infinity));
  expect([...(await result.data())]).toEqual([-1, -1, 1, 1, 1, 1]);
  result.dispose();
  const { gradients } = await valuesAndGradients((w) => sharpenWeight(tf, w, Infinity));
  expect(gradients).toEqual(points.map(() => 0));
});

test.each(['tanh', 'rectified-tanh', 'sigmoid', 'hard-tanh', 'clipped-linear'] as const)(
  'the activation %s at k = 999 is already its hard limit away from zero',
  async (name) => {
    const { values: soft } = await valuesAndGradients((x) => sharpenActivation(backend.tf, name, x, 999));
    const { values: hard } = await valuesAndGradients((x) => sharpenActivation(backend.tf, name, x, Infinity));
    soft.forEach((value, index) => expect(Math.abs(value - hard[index])).toBeLessThan(1e-6));
  },
);

test.each(['tanh', 'rectified-tanh', 'sigmoid', 'hard-tanh', 'clipped-linear'] as const)(
  'the activation %s keeps the gradient of a softer one, its values staying sharp, down to the hard step',
  async (name) => {
    const bound = 4;
    const soft = await valuesAndGradients((x) => sharpenActivation(backend.tf, name, x, bound));
    for (const k of [bound, 20, 999, HARD_SHARPNESS, Infinity]) {
      const sharp = await valuesAndGradients((x) => sharpenActivation(backend.tf, name, x, k));
      const bounded = await valuesAndGradients((x) => sharpenActivation(backend.tf, name, x, k, bound));
      expect(bounded).toEqual({ values: sharp.values, gradients: soft.gradients });
    }
  },
);

test('an activation that is softer than the bound has its own gradient', async () => {
  const own = await valuesAndGradients((x) => sharpenActivation(backend.tf, 'sigmoid', x, 3));
  expect(await valuesAndGradients((x) => sharpenActivation(backend.tf, 'sigmoid', x, 3, 4))).toEqual(own);
});
