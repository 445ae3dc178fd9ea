import type { Tensor } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { Random } from '../../random.js';
import type { Backend } from '../backends/backend.js';
import { openBackend } from '../backends/backend.js';

/** The backend under test and the one that is right. */
export interface BackendPair {
  readonly wasm: Backend;
  readonly cpu: Backend;
}

export async function openBackendPair(): Promise<BackendPair> {
  const cpu = await openBackend({ name: 'cpu' });
  return { cpu, wasm: await openBackend({ name: 'wasm' }) };
}

export function randomValues(count: number, seed: number, bound = 2): Float32Array {
  const random = Random.fromSeed(seed);
  return Float32Array.from({ length: count }, () => random.uniform(-bound, bound));
}

/** Builds a tensor and reads it; no other may be left. */
export async function compute(
  backend: Backend,
  build: () => Tensor,
): Promise<{ shape: number[]; values: Float32Array }> {
  backend.activate();
  const before = backend.tf.memory().numTensors;
  const result = backend.tf.tidy(build);
  const { shape } = result;
  const values = (await result.data()) as Float32Array;
  result.dispose();
  expect(backend.tf.memory().numTensors).toBe(before);
  return { shape, values };
}

/** The two backends build the same tensor, within the tolerance. */
export async function expectSame(
  { wasm, cpu }: BackendPair,
  build: (backend: Backend) => Tensor,
  tolerance: number,
): Promise<void> {
  const expected = await compute(cpu, () => build(cpu));
  const found = await compute(wasm, () => build(wasm));
  expect(found.shape).toEqual(expected.shape);
  found.values.forEach((value, index) => expect(Math.abs(value - expected.values[index])).toBeLessThan(tolerance));
}
