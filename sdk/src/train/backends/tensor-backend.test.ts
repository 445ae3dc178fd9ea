import { expect, test, vi } from 'vitest';
import { openBackend } from './open-backend.js';
import { openTensorBackend, tensorBackend } from './tensor-backend.js';
import { fakeTensorflow } from '../testing/fake-tensorflow.js';
import type { ImportModule } from './backend.js';

const really: ImportModule = (specifier) => import(specifier);

/** `import()` in a world without some packages. */
function without(...missing: readonly string[]): ImportModule {
  return (specifier) =>
    missing.includes(specifier)
      ? Promise.reject(new Error(`Cannot find package '${specifier}' imported from /a/file.js\nmore`))
      : really(specifier);
}

test('the C library is chosen when its package can be imported, and the others are not tried', async () => {
  const tf = fakeTensorflow();
  const asked: string[] = [];
  const backend = await openTensorBackend({
    importModule: (specifier) => {
      asked.push(specifier);
      return Promise.resolve({ default: tf });
    },
  });
  expect(asked).toEqual(['@tensorflow/tfjs-node']);
  expect(tf.getBackend()).toBe('tensorflow');
  expect(backend.report).toMatchObject({
    name: 'node',
    detail: 'TensorFlow C library, TensorFlow.js 0.0.0',
    candidates: [
      { name: 'node', outcome: 'chosen', detail: 'TensorFlow C library, TensorFlow.js 0.0.0' },
      { name: 'webgpu', outcome: 'not-tried', detail: 'not needed: node started' },
      { name: 'wasm', outcome: 'not-tried', detail: 'not needed: node started' },
      { name: 'cpu', outcome: 'not-tried', detail: 'not needed: node started' },
    ],
  });
});

test('without the C library WebAssembly runs, and the report says why', async () => {
  const { report, tf } = await openTensorBackend({ importModule: without('@tensorflow/tfjs-node', 'webgpu') });
  expect(tf.getBackend()).toBe('wasm');
  expect(report.name).toBe('wasm');
  expect(report.detail).toMatch(/^WebAssembly with SIMD, TensorFlow\.js 4\./);
  expect(report.candidates[0]).toEqual({
    name: 'node',
    outcome: 'unavailable',
    detail: "Cannot find package '@tensorflow/tfjs-node'",
  });
});

test('without all of them, plain JavaScript runs', async () => {
  const { report, tf } = await openTensorBackend({
    importModule: without('@tensorflow/tfjs-node', 'webgpu', '@tensorflow/tfjs-backend-wasm'),
  });
  expect(tf.getBackend()).toBe('cpu');
  expect(report.candidates.map(({ outcome }) => outcome)).toEqual([
    'unavailable',
    'unavailable',
    'unavailable',
    'chosen',
  ]);
});

test('a backend asked for by name is the only one tried', async () => {
  const { report } = await openTensorBackend({ name: 'cpu' });
  expect(report.candidates.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['node', 'not-tried'],
    ['webgpu', 'not-tried'],
    ['wasm', 'not-tried'],
    ['cpu', 'chosen'],
  ]);
});

test('when none starts, the error repeats what each said', async () => {
  const opening = openTensorBackend({ name: 'node', importModule: without('@tensorflow/tfjs-node') });
  await expect(opening).rejects.toMatchObject({ code: 'model.bad-value', details: { wanted: 'node' } });
  await expect(opening).rejects.toThrow("node: Cannot find package '@tensorflow/tfjs-node'; webgpu: not asked for");
});

test('a backend becomes current again at once when it is activated', async () => {
  const wasm = await openTensorBackend({ name: 'wasm' });
  const cpu = await openTensorBackend({ name: 'cpu' });
  wasm.activate();
  expect(wasm.tf.getBackend()).toBe('wasm');
  cpu.activate();
  expect(cpu.tf.getBackend()).toBe('cpu');
});

/** Dawn's package with one adapter, and the library with fake backends. */
function withAdapter(isFallbackAdapter: boolean): ImportModule {
  const info = { vendor: 'acme', device: 'acme-1', description: 'Acme One', isFallbackAdapter };
  const gpu = { requestAdapter: () => Promise.resolve({ info }) };
  const tf = fakeTensorflow();
  return (specifier) => {
    if (specifier === '@tensorflow/tfjs-node') return Promise.reject(new Error('not here'));
    return Promise.resolve(specifier === 'webgpu' ? { create: () => gpu, globals: {} } : { default: tf });
  };
}

test('a graphics processor goes before WebAssembly, and keeps the weights', async () => {
  // As on a machine whose driver is named: one without any device is not asked.
  vi.stubEnv('VK_DRIVER_FILES', 'driver.json');
  const { report, weightsOn } = await openTensorBackend({ importModule: withAdapter(false) });
  vi.unstubAllEnvs();
  expect(report).toMatchObject({ name: 'webgpu', detail: 'Acme One, TensorFlow.js 0.0.0' });
  expect(weightsOn).toBe('device');
});

test('a backend that was not opened is refused, and one that was is its own tensor backend', async () => {
  const { report, weightsOn } = await openTensorBackend({ name: 'cpu' });
  expect(() => tensorBackend({ report, weightsOn })).toThrow('Pass what openBackend returned.');
  const backend = await openBackend({ name: 'cpu' });
  expect(tensorBackend(backend)).toBe(backend);
});
