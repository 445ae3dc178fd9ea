import { expect, test, vi } from 'vitest';
import { openBackend } from '../../train/backends/open-backend.js';
import type { ImportModule } from '../../train/backends/backend.js';
import { fakeTensorflow } from '../../train/testing/fake-tensorflow.js';
import { checkBackends, type Check } from './checks.js';

const GLIBC =
  "/lib/x86_64-linux-gnu/libm.so.6: version `GLIBC_2.27' not found (required by libtensorflow_framework.so.2)";

async function checksWhere(importModule: ImportModule): Promise<Record<string, Check>> {
  const checks = await checkBackends((options) => openBackend({ ...options, importModule }));
  return Object.fromEntries(checks.map((check) => [check.name.replace('training backend ', ''), check]));
}

const failing =
  (reasons: Readonly<Record<string, string>>): ImportModule =>
  (specifier) =>
    specifier in reasons ? Promise.reject(new Error(reasons[specifier])) : import(specifier);

test('a backend that would not have been tried and does not start is told with its reason', async () => {
  // As on a machine whose driver is named: one without any device is not asked.
  vi.stubEnv('VK_DRIVER_FILES', 'driver.json');
  const really = failing({ webgpu: 'no graphics adapter\nmore' });
  const found = await checksWhere((specifier) =>
    specifier === '@tensorflow/tfjs-node' ? Promise.resolve({ default: fakeTensorflow() }) : really(specifier),
  );
  vi.unstubAllEnvs();
  expect(found['node'].detail).toMatch(/^will run: TensorFlow C library/);
  expect(found['webgpu']).toMatchObject({ state: 'optional', detail: 'no graphics adapter' });
  expect(found['webgpu'].advice).toContain('its driver');
  expect(found['wasm']).toMatchObject({ state: 'ok', detail: expect.stringMatching(/^for --backend wasm/) as string });
  expect(found['cpu'].state).toBe('ok');
});

test.each([
  ['a package that is not there', "Cannot find package '@tensorflow/tfjs-node'"],
  ['a C library that this system cannot load', GLIBC],
  ['a binding for another Node', 'The module was compiled against a different Node.js version'],
])('%s is named, what to do about it, and what runs instead', async (_, reason) => {
  const found = await checksWhere(failing({ '@tensorflow/tfjs-node': reason, webgpu: 'not here' }));
  expect(found['node']).toMatchObject({ state: 'optional', detail: reason });
  expect(found['node'].advice).toContain('npx adiabit-install-tensorflow');
  expect(found['wasm'].detail).toMatch(/^will run: WebAssembly/);
});
