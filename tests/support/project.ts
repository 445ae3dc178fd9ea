import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectConfig } from '@adiabit/sdk/config';
import { idxFile } from './digits.js';

const SIDE = 8;
const CLASSES = 3;

/** Writes a folder of 8 x 8 pictures: class c has a bright bar of two rows. Small enough to train on in a second. */
export async function writeBars(folder: string, trainCount = 150, noiseSeed = 12345): Promise<void> {
  await mkdir(folder, { recursive: true });
  let state = noiseSeed;
  const noise = (): number => (state = (state * 48271) % 2147483647) % 60;
  for (const [part, count] of [
    ['train', trainCount],
    ['test', 60],
  ] as const) {
    const labels = Uint8Array.from({ length: count }, (_, index) => index % CLASSES);
    const pixels = Uint8Array.from({ length: count * SIDE * SIDE }, (_, at) => {
      const row = Math.floor(at / SIDE) % SIDE;
      return (Math.floor(row / 2) === labels[Math.floor(at / (SIDE * SIDE))] ? 180 : 0) + noise();
    });
    await writeFile(join(folder, `${part}-images-idx3-ubyte`), idxFile([count, SIDE, SIDE], pixels));
    await writeFile(join(folder, `${part}-labels-idx1-ubyte`), idxFile([count], labels));
  }
}

const phases = [3, 10, 100, 999].map((k) => ({ kWeight: k, kActivation: k, epochs: 1 }));

/** A small project of them: 64-8-3 in four epochs. */
export const barsConfig = {
  name: 'bars',
  data: { format: 'folder', path: 'bars', pictures: [SIDE, SIDE] },
  recipe: {
    network: {
      layers: [
        { units: 8, activation: 'rectified-tanh' },
        { units: CLASSES, activation: 'none' },
      ],
      mode: 'both',
    },
    batchSize: 15,
    schedule: { phases, learningRate: { initial: 0.02, k0: 3, power: 0.2, follows: 'kWeight' } },
  },
  backend: 'wasm',
} as const satisfies ProjectConfig;

export const writeConfig = (folder: string, config: ProjectConfig): Promise<void> =>
  writeFile(join(folder, 'adiabit.config.json'), JSON.stringify(config));

/** Writes config and data of a project. */
export async function writeProject(folder: string, config: ProjectConfig = barsConfig): Promise<void> {
  await writeBars(join(folder, 'bars'));
  await writeConfig(folder, config);
}
