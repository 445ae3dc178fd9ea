import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dropFile } from '../support/page.js';
import { openTestStudio, type TestStudio } from '../support/studio.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('chromium');

describe.skipIf(missing.length > 0)(titled('the log of the studio', missing), () => {
  let opened: TestStudio;

  beforeAll(async () => {
    opened = await openTestStudio({ emulatedBoard: 'uno' });
  });
  afterAll(() => opened.close());

  it('shows the bytes of a message, stays when the device goes, and a recording answers in its place', async () => {
    const page = await opened.openPage();
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    const log = page.getByRole('log');
    await log.getByText('hello').first().click();
    const details = page.getByRole('region', { name: 'Message' });
    expect(await details.innerText()).toMatch(/hello protocol 1\.\d\s+0000 {2}01 0\d/);

    await log.press('ArrowDown');
    await details.getByText('hello ok').waitFor();

    await page.getByRole('button', { name: 'Record', exact: false }).click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Stop recording' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('Arduino-Uno-1.recording.jsonl');
    const recording = await readFile(await download.path());

    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('heading', { name: 'No device yet' }).waitFor();
    expect(await log.getByText('hello').count()).toBeGreaterThan(3);
    await page.getByRole('searchbox', { name: 'Filter the log' }).fill('slots');
    await expect.poll(() => log.getByText('hello').count()).toBe(0);
    expect(await log.getByText('slots').count()).toBeGreaterThan(1);

    await dropFile(page, download.suggestedFilename(), recording);
    await page.getByRole('button', { name: 'Arduino Uno 1, recorded' }).waitFor();
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('recorded');
    expect(await page.getByRole('row').filter({ hasText: 'empty' }).count()).toBe(1);

    await dropFile(page, 'other.recording.jsonl', new TextEncoder().encode('{"kind":"other"}\n'));
    await page.getByRole('alert').getByText('This is no recording of a device.').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  it('keeps its height, which the arrow keys change', async () => {
    const page = await opened.openPage();
    const grip = page.getByRole('separator', { name: 'Height of the log' });
    const height = async (): Promise<number> => Number(await grip.getAttribute('aria-valuenow'));
    const before = await height();
    await grip.press('ArrowUp');
    expect(await height()).toBe(before + 40);
    await page.reload();
    expect(await height()).toBe(before + 40);
    expect(opened.complaints).toEqual([]);
  });
});
