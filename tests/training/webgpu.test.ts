import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { train, type TrainedNetwork, type TrainOptions } from '@adiabit/sdk/train';
import { hashedMask } from '../../sdk/src/train/backends/dropout-mask.js';
import { maskTensor } from '../../sdk/src/train/backends/mask-kernel.js';
import {
  everyLayerNetwork,
  lineNetwork,
  pictureRecipe,
  toyPictureDataset,
} from '../../sdk/src/train/testing/toy-pictures.js';
import { toyDataset, toyRecipe } from '../../sdk/src/train/testing/toy-problem.js';
import { openTensorBackend } from '../../sdk/src/train/backends/tensor-backend.js';
import { titled } from '../support/tools.js';

/** SwiftShader, a Vulkan driver that computes on the processor, comes with Debian's chromium. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const loaders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'].map((folder) => `${folder}/libvulkan.so.1`);
const missing = [
  ...(existsSync(driver) ? [] : ["chromium's SwiftShader"]),
  ...(loaders.some((file) => existsSync(file)) ? [] : ['libvulkan1']),
  ...['webgpu', '@tensorflow/tfjs-backend-webgpu'].filter(isLacking).map((name) => `npm package ${name}`),
];

/** The packages are looked up, not loaded: globals have to be in place before. */
function isLacking(packageName: string): boolean {
  try {
    createRequire(new URL('../../sdk/package.json', import.meta.url)).resolve(packageName);
    return false;
  } catch {
    return true;
  }
}

/** One epoch of a step of 16 examples and one of 8. With dropout the masks would be other ones on a device. */
function trainingOf(network: ReturnType<typeof everyLayerNetwork>): TrainOptions {
  const layers = network.layers.map((layer) => (layer.kind === 'dropout' ? { ...layer, rate: 0 } : layer));
  const learningRate = { initial: 0.02, k0: 2, power: 0.2, follows: 'kWeight' } as const;
  const schedule = { phases: [{ kWeight: 2, kActivation: 3, epochs: 1 }], learningRate };
  const recipe = { ...pictureRecipe({ ...network, layers }), schedule, batchSize: 16 };
  const dataset = toyPictureDataset(network.inputShape ?? [], 3, 24);
  return { recipe, dataset, seed: 1 };
}

describe.skipIf(missing.length > 0)(titled('webgpu on a software adapter', missing), () => {
  // The driver is looked up when the adapter is asked for.
  process.env['VK_DRIVER_FILES'] = driver;
  process.env['VK_ICD_FILENAMES'] = driver;

  test('is taken when it is named, and the report says how slow it is', async () => {
    const { report, tf } = await openTensorBackend({ name: 'webgpu' });
    expect(tf.getBackend()).toBe('webgpu');
    expect(report.detail).toMatch(/^SwiftShader.* a SOFTWARE adapter: for tests/);
    expect(report.kernels.missing).toEqual([]);
    expect(report.kernels.ours).toEqual(['AdiabitDropoutMask']);
  });

  test('is refused when the choice is free, and the report says why', async () => {
    const { report } = await openTensorBackend();
    const webgpu = report.candidates.find(({ name }) => name === 'webgpu');
    if (report.name === 'node') return;
    expect(report.name).toBe('wasm');
    expect(webgpu?.outcome).toBe('refused');
    expect(webgpu?.detail).toMatch(/^'SwiftShader.*' is a software adapter, slower than wasm/);
  });

  test('makes the masks that their definition says', async () => {
    const { tf } = await openTensorBackend({ name: 'webgpu' });
    // More than one dimension of work groups holds.
    for (const mask of [
      { shape: [3, 5, 7], rate: 0.2, seed: 0xdeadbeef },
      { shape: [2 ** 22 + 1], rate: 0.5, seed: 1 },
    ]) {
      const tensor = maskTensor(tf, mask);
      expect(tensor.shape).toEqual(mask.shape);
      expect(Buffer.from((await tensor.data()).buffer).equals(Buffer.from(hashedMask(mask).buffer))).toBe(true);
      tensor.dispose();
    }
  });

  test.each([
    ['pictures through every layer', everyLayerNetwork('both')],
    ['sounds', lineNetwork('both')],
  ])('trains as plain JavaScript does: %s', async (_, network) => {
    const options = trainingOf(network);
    const found = await train({ ...options, backend: 'webgpu' });
    const expected = await train({ ...options, backend: 'cpu' });
    expect(found.backend.name).toBe('webgpu');
    expect(Math.abs(found.history[0].loss - expected.history[0].loss)).toBeLessThan(1e-3);
    const weights = [found, expected].map((result) => weightsOf(result.network));
    expect(weights[0].length).toBeGreaterThan(50);
    weights[0].forEach((weight, index) => expect(Math.abs(weight - weights[1][index])).toBeLessThan(2e-3));
  });

  test('learns with dropout, whose masks it makes itself, and leaves no tensor', async () => {
    const { tf } = await openTensorBackend({ name: 'webgpu' });
    const phases = [{ kWeight: 3, kActivation: 3, epochs: 2 }];
    const recipe = { ...toyRecipe(), schedule: { ...toyRecipe().schedule, phases } };
    expect(toyRecipe().network.layers[0].dropout).toBeGreaterThan(0);
    const before = tf.memory().numTensors;
    const { history } = await train({ recipe, dataset: toyDataset(), seed: 4, backend: 'webgpu' });
    expect(tf.memory().numTensors).toBe(before);
    expect(history[1].loss).toBeLessThan(0.6 * history[0].loss);
  });
});

function weightsOf({ layers }: TrainedNetwork): number[] {
  return layers.flatMap((layer) => ('kernel' in layer ? Array.from(layer.kernel) : []));
}
