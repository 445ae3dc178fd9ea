import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStudio, type TestStudio } from '../support/studio.js';
import { missingTools, titled } from '../support/tools.js';

const missing = missingTools('chromium');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const VIEWS = ['Overview', 'Flash', 'Live', 'Circuit', 'Train'];

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

describe.skipIf(missing.length > 0)(titled('the page of the app', missing), () => {
  let opened: TestStudio;

  beforeAll(async () => {
    opened = await openTestStudio({ emulatedBoard: 'rp2040' });
  });
  afterAll(() => opened.close());

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has nothing that axe-core finds serious in any view, ${colorScheme}`, async () => {
      const page = await opened.openPage({ colorScheme });
      await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
      for (const view of VIEWS) {
        await page.getByRole('tab', { name: view }).click();
        expect(await seriousFaults(page), view).toEqual([]);
      }
      await page.keyboard.press('?');
      expect(await seriousFaults(page), 'the list of keys').toEqual([]);
      await page.close();
    });
  }

  it('can be worked by the keyboard: Tab reaches every control of the overview and shows where it is', async () => {
    const page = await opened.openPage();
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    await page.evaluate(`document.activeElement.blur()`);
    const controls = await page.evaluate<number>(
      `[...document.querySelectorAll('button, input, select, a[href], [tabindex="0"]')].filter((one) => {
        const isOff = one.disabled || !one.checkVisibility() || one.tabIndex < 0;
        if (!isOff) one.dataset.control = '';
        return !isOff;
      }).length`,
    );
    expect(controls).toBeGreaterThan(10);
    const reached = new Set<string>();
    for (let count = 0; count < controls + 5; count++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate<{ readonly index: number; readonly isShown: boolean }>(
        `(() => {
          const one = document.activeElement;
          const { outlineStyle, outlineWidth } = getComputedStyle(one);
          const all = [...document.querySelectorAll('[data-control]')];
          return { index: all.indexOf(one), isShown: outlineStyle !== 'none' && outlineWidth !== '0px' };
        })()`,
      );
      if (focused.index < 0) continue;
      expect(focused.isShown, `control ${focused.index}`).toBe(true);
      reached.add(String(focused.index));
    }
    expect(reached.size).toBe(controls);
    expect(opened.complaints).toEqual([]);
  });
});
