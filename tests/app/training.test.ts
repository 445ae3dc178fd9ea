import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { findRecipe, withEpochs } from '@adiabit/sdk/train';
import { fitRecipe, loadData, trainToFolder } from '@adiabit/sdk/workflow';
import { writeEasyDigits } from '../support/digits.js';
import { temporaryFolder } from '../support/host-device.js';
import { openTestStudio, type TestStudio } from '../support/studio.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('chromium');
const EPOCHS = 24;
const EXAMPLES = 3000;
/** For a whole training, and the same again, on a machine that does other things. */
const SLOW_MS = 300_000;

/** Counts in the page what takes long, and how often a chart is drawn. */
const WATCH = `
  globalThis.watched = { longTasks: [], draws: 0 };
  new PerformanceObserver((list) => watched.longTasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask' });
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...of) {
    watched.draws++;
    return clearRect.apply(this, of);
  };
  undefined`;

interface Watched {
  /** In milliseconds, of 50 and more. */
  readonly longTasks: readonly number[];
  readonly draws: number;
}

describe.skipIf(missing.length > 0)(titled('trainings in Chromium', missing), () => {
  let data: Awaited<ReturnType<typeof temporaryFolder>>;
  let opened: TestStudio;
  let page: Page;

  beforeAll(async () => {
    data = await temporaryFolder();
    // The folder is called like the task, so that inputs go in as they are.
    await writeEasyDigits(join(data.path, 'mnist'), EXAMPLES, 200);
    opened = await openTestStudio({ dataFolder: data.path, emulatedBoard: 'rp2040' });
    page = await opened.openPage();
  });
  afterAll(async () => {
    await opened.close();
    await data.dispose();
  });

  const course = () => page.getByRole('region', { name: /^Training / });
  const epochRows = () => page.getByRole('table', { name: 'Epochs' }).getByRole('row');
  const fill = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  };

  it('says before a training what it will become', async () => {
    await page.getByRole('tab', { name: 'Train' }).click();
    await page.getByText('No training yet').waitFor();
    await page.getByLabel('Data', { exact: true }).selectOption('folder:mnist');
    await page.getByText('784 – 128 – 10').waitFor();
    await page.getByText('21, unrolled').waitFor();
    await page.getByRole('list', { name: 'Boards' }).getByText('Raspberry Pi Pico').waitFor();
  });

  it('draws a training as it runs, without a task that would stop the page', async () => {
    await page.evaluate(WATCH);
    await fill({ Seed: '1', Epochs: String(EPOCHS) });
    await page.locator('body').press('Escape');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('img', { name: /accuracy and loss of \d+ epochs, best at/ }).waitFor();
    await page.getByText('Numbers of every epoch').click();
    const first = await epochRows().count();
    await expect.poll(() => epochRows().count(), { timeout: 60_000 }).toBeGreaterThan(first);
    const { draws } = await page.evaluate<Watched>('watched');
    const epochs = (await epochRows().count()) - 1;
    // Batches come every few milliseconds; curves are drawn when an epoch has come, in each of two charts.
    expect(draws).toBeLessThan(8 * (epochs + 2));
  });

  it('cancels a training after an epoch, and resumes it', async () => {
    await page.locator('body').click({ position: { x: 700, y: 5 } });
    await page.keyboard.press('Escape');
    await course()
      .getByText(/Resume goes on after epoch \d+/)
      .waitFor();
    await course().getByRole('button', { name: 'Resume' }).click();
    await course().getByRole('progressbar').waitFor();
  });

  it(
    'finds a training again whose process was killed, and trains it to the bytes that it would have had',
    async () => {
      await expect.poll(() => epochRows().count(), { timeout: 60_000 }).toBeGreaterThan(6);
      process.kill(opened.studio.services.processOf('trainer')!.pid!, 'SIGKILL');
      await course().getByText('Its process ended while it ran.').waitFor();
      await course().getByRole('button', { name: 'Resume' }).click();
      await course().getByRole('button', { name: 'Save report' }).waitFor({ timeout: SLOW_MS });
      expect(await epochRows().count()).toBe(EPOCHS + 1);
      const { longTasks, draws } = await page.evaluate<Watched>('watched');
      const longest = Math.max(0, ...longTasks).toFixed(0);
      console.log(
        `While trainings ran: longest task of the page ${longest} ms (0: none of 50 ms), ${draws} draws of charts.`,
      );

      const alone = await temporaryFolder();
      try {
        const folder = join(data.path, 'mnist');
        const dataset = await loadData(folder);
        const chosen = withEpochs(findRecipe('mnist-demo')!, EPOCHS);
        const { recipe } = await fitRecipe(chosen, dataset, { data: folder });
        const { record, files } = await trainToFolder({ recipe, dataset, seed: 1, folder: alone.path });
        const model = join(opened.stateFolder, 'trainings', `0001-mnist-demo-seed-1`, 'trained.model.json');
        expect(await readFile(model, 'utf8')).toBe(await readFile(files.model!, 'utf8'));
        const frozen = `${(100 * record.frozenTestAccuracy!).toFixed(2)} %`;
        expect(await course().getByText('Frozen, test').locator('..').innerText()).toContain(frozen);
      } finally {
        await alone.dispose();
      }
    },
    2 * SLOW_MS,
  );

  it('gives the bitstream to the circuits, the report and the model to save, and the circuit to the Flash view', async () => {
    const circuits = page.getByRole('navigation').getByRole('button', { name: /mnist-demo/ });
    await circuits.waitFor();
    const downloading = page.waitForEvent('download');
    await course().getByRole('button', { name: 'Save report' }).click();
    const report = await downloading;
    expect(report.suggestedFilename()).toBe('0001-mnist-demo-seed-1.report.html');
    expect(await readFile(await report.path(), 'utf8')).toContain('<!doctype html>');
    await course().getByRole('button', { name: 'Flash' }).click();
    expect(await page.getByRole('tab', { name: 'Flash' }).getAttribute('aria-selected')).toBe('true');
    expect(await circuits.getAttribute('aria-current')).toBe('true');
  });

  it('lays trainings side by side: a table that sorts, and curves over one another', async () => {
    await page.getByRole('tab', { name: 'Train' }).click();
    await fill({ Seed: '2', Epochs: '3', Name: 'second' });
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page
      .getByRole('region', { name: 'Training 0002-second-seed-2' })
      .getByRole('button', { name: 'Flash' })
      .waitFor();
    const table = page.getByRole('region', { name: 'All trainings' }).getByRole('table');
    const seeds = async () => (await table.getByRole('row').allInnerTexts()).slice(1).map((row) => row.split('\t')[2]);
    expect(await seeds()).toEqual(['2', '1']);
    await table.getByRole('button', { name: 'Time' }).click();
    expect(await seeds()).toEqual(['1', '2']);
    for (const box of await table.getByRole('checkbox').all()) await box.check();
    await page.getByRole('img', { name: 'Hard accuracy of 2 trainings' }).waitFor();
  });

  it('checks a recipe of the user’s own at the field, and says what is wrong with data', async () => {
    await page.getByRole('button', { name: 'Change recipe' }).click();
    await page.getByText('This recipe can be trained.').waitFor();
    const text = page.getByLabel('Recipe, as JSON');
    const good = await text.inputValue();
    await text.fill(good.replace('"units": 128', '"units": 0'));
    await page.getByText('network.layers.0.units').waitFor();
    expect(await page.getByRole('button', { name: 'Train', exact: true }).isDisabled()).toBe(true);
    await text.fill(good.replace('"units": 128', '"units": 16'));
    await page.getByText('784 – 16 – 10').waitFor();
    await page.getByLabel('Recipe', { exact: true }).selectOption('dog-cat-both');
    await fill({ Seed: '1', Epochs: '', Name: '' });
    await page.getByLabel('Data', { exact: true }).selectOption('folder:mnist');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await course().getByRole('alert').getByText('Name a folder with that kind of data').waitFor();
  });

  it('leaves no complaint', () => {
    expect(opened.complaints).toEqual([]);
  });
});
