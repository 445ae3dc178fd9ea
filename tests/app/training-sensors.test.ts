/** The app's trainer on a folder of sensor values, as its page asks for it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openTrainer } from '../../desktop-app/src/services/trainer/trainer.js';
import { temporaryFolder } from '../support/host-device.js';
import { repeatableNumbers } from '../support/numbers.js';
import { barsConfig } from '../support/project.js';

const ROWS = 24;
const RECORDINGS = 10;

/** Ten recordings of each class: still, or a wave of four rows. */
async function writeRecordings(folder: string): Promise<void> {
  const next = repeatableNumbers(4);
  await mkdir(folder, { recursive: true });
  const description = { format: 'csv', files: '*.csv', label: { from: 'file' }, window: { length: 4, stride: 4 } };
  await writeFile(join(folder, 'data.json'), JSON.stringify(description));
  for (const [name, height] of [
    ['still', 0],
    ['wave', 900],
  ] as const)
    for (let recording = 0; recording < RECORDINGS; recording++) {
      const rows = Array.from({ length: ROWS }, (_, row) =>
        [row % 4 < 2 ? height : 0, 1000].map((level) => level + next(40)),
      );
      await writeFile(join(folder, `${name}-${recording}.csv`), ['x,y', ...rows.map((row) => row.join())].join('\n'));
    }
}

it('trains a recipe of the user’s own on the values of sensors, and compiles what comes of it', async () => {
  const [data, state] = [await temporaryFolder(), await temporaryFolder()];
  await writeRecordings(join(data.path, 'shaking'));
  const trainer = await openTrainer({ stateFolder: state.path, dataFolder: data.path }, () => undefined);
  try {
    const network = { ...barsConfig.recipe.network, name: 'shaking', inputs: 8, inputBits: 8, divisor: 255 };
    const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
    const json = JSON.stringify({ ...barsConfig.recipe, name: 'shaking', description: '', adam, network });
    const { handlers } = trainer;
    expect(await handlers.checkRecipe({ json })).toMatchObject({
      isGood: true,
      choice: { examples: '8 values of sensors' },
    });
    const { id } = await handlers.startTraining({ recipe: { json }, data: 'folder:shaking', seed: 1, backend: 'wasm' });
    const training = async () => (await handlers.listTrainings({})).find((one) => one.id === id)!;
    await expect.poll(async () => (await training()).state, { timeout: 60_000 }).not.toMatch(/^(waiting|running)/);
    expect(await training()).toMatchObject({ state: 'done' });
  } finally {
    await trainer.close();
    await data.dispose();
    await state.dispose();
  }
});
