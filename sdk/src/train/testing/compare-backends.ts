import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { Random } from '../../random.js';
import { openTensorBackend, type TensorBackend } from '../backends/tensor-backend.js';

/** The backend under test and the one that is right. */
export interface BackendPair {
  readonly tested: TensorBackend;
  readonly cpu: TensorBackend;
}

export async function openBackendPair(name: 'wasm' | 'node' = 'wasm'): Promise<BackendPair> {
  const cpu = await openTensorBackend({ name: 'cpu' });
  return { cpu, tested: await openTensorBackend({ name }) };
}

/** Whether `@tensorflow/tfjs-node` is installed and works. */
export const HAS_NODE_BACKEND = await openTensorBackend({ name: 'node' }).then(
  () => true,
  () => false,
);

/** Holds the tests to both backends that have kernels of ours; without its package `node` is skipped by name. */
export function describeBackends(tests: (name: 'wasm' | 'node') => void): void {
  describe('wasm', () => tests('wasm'));
  describe.skipIf(!HAS_NODE_BACKEND)(
    HAS_NODE_BACKEND ? 'node' : 'node (skipped: @tensorflow/tfjs-node not installed)',
    () => tests('node'),
  );
}

export function randomValues(count: number, seed: number, bound = 2): Float32Array {
  const random = Random.fromSeed(seed);
  return Float32Array.from({ length: count }, () => random.uniform(-bound, bound));
}

/** Builds a tensor and reads it; no other may be left. */
export async function compute(
  backend: TensorBackend,
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
  { tested, cpu }: BackendPair,
  build: (backend: TensorBackend) => Tensor,
  tolerance: number,
): Promise<void> {
  const expected = await compute(cpu, () => build(cpu));
  const found = await compute(tested, () => build(tested));
  expect(found.shape).toEqual(expected.shape);
  found.values.forEach((value, index) => expect(Math.abs(value - expected.values[index])).toBeLessThan(tolerance));
}
