/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type * as Tensorflow from '@tensorflow/tfjs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Door from '@adiabit/sdk/tfjs';
import { freeze, type TrainedNetwork } from '@adiabit/sdk/train';
import { missingTools, titled } from '../support/tools.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const missing = missingTools('chromium');

/** The built door as a bundler makes one file of it. */
async function bundledDoor(): Promise<string> {
  const bundles = (await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry: `${root}/sdk/dist/tfjs/index.js`, formats: ['es'] },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput[];
  return bundles[0].output[0].code;
}

/** What the page has: TensorFlow.js from a script tag, and the door as a module. */
interface PageGlobals {
  readonly tf: typeof Tensorflow;
  readonly adiabit: typeof Door;
}

/** Trains a network on eight by eight pixels whose brighter half is the class, and freezes it. All of it runs in the page. */
async function trainInPage(): Promise<string> {
  const { tf, adiabit } = globalThis as unknown as PageGlobals;
  await tf.setBackend('cpu');
  const count = 96;
  const labels = Array.from({ length: count }, (_, example) => example % 2);
  const pixels = labels.flatMap((label) =>
    Array.from({ length: 64 }, (_, pixel) => {
      const isBright = (pixel < 32 ? 0 : 1) === label;
      return Math.floor(Math.random() * 100 + (isBright ? 120 : 20)) / 255;
    }),
  );
  const images = tf.tensor(pixels, [count, 8, 8, 1]);
  const { layers } = tf;
  const real = tf.sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 1] }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.batchNormalization(),
      layers.reLU(),
      layers.flatten(),
      layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
  const model = adiabit.binarize(tf, real, { mode: 'both', activation: 'sigmoid' });
  model.compile({ optimizer: tf.train.adam(0.05), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  await model.fit(images, tf.oneHot(tf.tensor1d(labels, 'int32'), 2), {
    epochs: 6,
    batchSize: 16,

    callbacks: adiabit.adiabatic(model, { epochs: 6 }, { examples: images }),
  });
  const [, accuracy] = model.evaluate(images, tf.oneHot(tf.tensor1d(labels, 'int32'), 2)) as Tensorflow.Scalar[];
  const input = { bits: 8, divisor: 255 };
  const frozen = await adiabit.freezeLayersModel(model, { input, examples: images });
  const bytes = await adiabit.exampleBytes(images, input);
  const plain = (_: string, value: unknown) => (ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value);
  return JSON.stringify({ accuracy: accuracy.dataSync()[0], frozen, bytes }, plain);
}

describe.skipIf(missing.length > 0)(titled('the door for TensorFlow.js in Chromium', missing), () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
    page = await browser.newPage();
    await page.setContent('<!doctype html><title>Adiabit</title>');
    await page.addScriptTag({
      content: await readFile(`${root}/node_modules/@tensorflow/tfjs/dist/tf.min.js`, 'utf8'),
    });
    // As text: Vitest would make another import of it.
    const blob = `new Blob([${JSON.stringify(await bundledDoor())}], { type: 'text/javascript' })`;
    await page.evaluate(
      `import(URL.createObjectURL(${blob})).then((adiabit) => void Object.assign(globalThis, { adiabit }))`,
    );
  });
  afterAll(() => browser.close());

  it('trains a network and freezes it to the integers that Node makes of the same numbers', async () => {
    const { accuracy, frozen, bytes } = JSON.parse(await page.evaluate(trainInPage)) as {
      readonly accuracy: number;
      readonly frozen: { readonly network: TrainedNetwork; readonly model: object; readonly report: object };
      readonly bytes: readonly (readonly number[])[];
    };
    expect(accuracy).toBeGreaterThan(0.9);
    expect(frozen.report).toMatchObject({ agreement: { equal: 96, total: 96 } });
    const again = freeze(
      withArrays(frozen.network),
      bytes.map((vector) => Uint8Array.from(vector)),
    );
    const plain = (_: string, value: unknown) => (ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : value);
    expect(JSON.parse(JSON.stringify(again.model, plain))).toEqual(frozen.model);
  });
});

/** Makes typed arrays again of what JSON made lists of numbers. */
function withArrays(network: TrainedNetwork): TrainedNetwork {
  const trained = ['kernel', 'bias', 'gamma', 'beta', 'mean', 'variance'];
  const layers = network.layers.map((layer) =>
    Object.fromEntries(
      Object.entries(layer).map(([name, value]) => [
        name,
        trained.includes(name) && layer.kind !== 'normalize' ? Float32Array.from(value as number[]) : value,
      ]),
    ),
  );
  return { ...network, layers } as unknown as TrainedNetwork;
}
