import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FlashJob } from '../../desktop-app/src/common/contract/flashing.js';
import type { LibraryEntry } from '../../desktop-app/src/common/contract/library.js';
import { openTestStudio, type TestStudio } from '../support/studio.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('chromium');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const digits = fileURLToPath(new URL('../../examples/circuit-regression/digits.abit', import.meta.url));

/** The views, and what stands in each when all of it has come. */
const FULL: Readonly<Record<string, string | RegExp>> = {
  Overview: 'confirmed, runs',
  Flash: 'mnist-both',
  Live: 'Eraser',
  Circuit: '624,976',
  Train: 'Change recipe',
  Fleet: 'No fleet yet',
};
const VIEWS = Object.keys(FULL);

/** What axe-core finds serious or worse, as "rule: element". */
async function seriousFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
  expect(passes.length).toBeGreaterThan(10);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
}

/** Opens a view, and waits until what it shows has come. */
async function openView(page: Page, view: string): Promise<void> {
  await page.getByRole('tab', { name: view }).click();
  await page.getByText(FULL[view]).first().waitFor();
}

describe.skipIf(missing.length > 0)(titled('the page of the app', missing), () => {
  let opened: TestStudio;

  beforeAll(async () => {
    opened = await openTestStudio({ emulatedBoard: 'rp2040' });
    // Views with something in them have more controls, and more that can be wrong.
    const bytes = new Uint8Array(readFileSync(digits));
    const ask = async (service: 'bench' | 'lab', method: string, params: object): Promise<unknown> => {
      const outcome = await opened.studio.services.call(service, method, params);
      if (!outcome.ok) throw new Error(outcome.error.message);
      return outcome.value;
    };
    const { id: bitstream } = (await ask('lab', 'addToLibrary', { fileName: 'digits.abit', bytes })) as LibraryEntry;
    await ask('bench', 'connectDevice', { device: 'emulated:1' });
    await ask('bench', 'flash', { devices: ['emulated:1'], bitstream });
    const states = async (): Promise<readonly string[]> =>
      ((await ask('bench', 'listFlashJobs', {})) as readonly FlashJob[]).map(({ state }) => state);
    await vi.waitUntil(async () => (await states()).every((state) => state === 'done'), { timeout: 60_000 });
  });
  afterAll(() => opened.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing that axe-core finds serious in any view, ${colorScheme}`, async () => {
      const page = await opened.openPage({ colorScheme });
      await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
      for (const view of VIEWS) {
        await openView(page, view);
        expect(await seriousFaults(page), view).toEqual([]);
      }
      await page.keyboard.press('?');
      expect(await seriousFaults(page), 'the list of keys').toEqual([]);
      await page.close();
    });
  }

  it.each(VIEWS)(
    'can be worked by the keyboard: Tab reaches every control of %s and shows where it is',
    async (view) => {
      const page = await opened.openPage();
      await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
      await openView(page, view);
      await page.evaluate(`document.activeElement.blur()`);
      // What else comes while Tab goes round is not held to it; what a view gives up meanwhile cannot be reached.
      const controls = await page.evaluate<number>(
        `[...document.querySelectorAll('button, input, select, textarea, summary, a[href], [tabindex="0"]')].filter((one) => {
        const isOther = one.type === 'radio' && !one.checked; // arrows choose within a group
        const isOff = one.disabled || isOther || !one.checkVisibility() || one.tabIndex < 0;
        if (!isOff) one.dataset.control = '';
        return !isOff;
      }).length`,
      );
      expect(controls).toBeGreaterThan(10);
      const unreached = (): Promise<readonly string[]> =>
        page.evaluate(
          `[...document.querySelectorAll('[data-control]:not([data-reached])')].map((one) => one.outerHTML.slice(0, 200))`,
        );
      for (let count = 0; count < 2 * controls && (await unreached()).length > 0; count++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate<{ readonly control: string | undefined; readonly isShown: boolean }>(
          `(() => {
          const one = document.activeElement;
          const { outlineStyle, outlineWidth } = getComputedStyle(one);
          if ('control' in one.dataset) one.dataset.reached = '';
          const control = 'control' in one.dataset ? one.outerHTML.slice(0, 200) : undefined;
          return { control, isShown: outlineStyle !== 'none' && outlineWidth !== '0px' };
        })()`,
        );
        if (focused.control !== undefined) expect(focused.isShown, focused.control).toBe(true);
      }
      expect(await unreached()).toEqual([]);
      expect(opened.complaints).toEqual([]);
      await page.close();
    },
  );
});
