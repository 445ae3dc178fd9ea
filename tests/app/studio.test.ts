import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStudio, type TestStudio } from '../support/studio.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('chromium');

describe.skipIf(missing.length > 0)(titled('the studio in Chromium', missing), () => {
  let opened: TestStudio;

  beforeAll(async () => {
    opened = await openTestStudio({ emulatedBoard: 'rp2040' });
  });
  afterAll(() => opened.close());

  it('shows the emulated board that it started, with its empty slots and what was said on the wire', async () => {
    const page = await opened.openPage();
    const board = page.getByRole('button', { name: 'Raspberry Pi Pico 1' });
    await board.waitFor();
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    expect(await page.getByRole('table').getByRole('row').allInnerTexts()).toHaveLength(3);
    await page.getByRole('log').getByText('hello').first().waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
