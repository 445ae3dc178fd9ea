import { expect, test } from 'vitest';
import { openBackend } from './index.js';

test('importing the module loads no tensor library; opening a backend does', async () => {
  // TensorFlow.js leaves its engine on the global object.
  expect('_tfengine' in globalThis).toBe(false);
  await openBackend({ name: 'cpu' });
  expect('_tfengine' in globalThis).toBe(true);
});
