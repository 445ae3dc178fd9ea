/// <reference lib="dom" />
import type { Page } from 'playwright-core';

/** Drops a file on the page, as a hand does it with the mouse. */
export async function dropFile(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([fileName, base64]) => {
      const transfer = new DataTransfer();
      const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([content], fileName));
      return transfer;
    },
    [name, Buffer.from(bytes).toString('base64')] as const,
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer });
}

/** Runs work and returns the longest time between two frames of the page meanwhile, in milliseconds. */
export async function longestFrameGap(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const watch = window as Window & { longestGap?: number };
    watch.longestGap = 0;
    let last = performance.now();
    const frame = (now: number): void => {
      watch.longestGap = Math.max(watch.longestGap ?? 0, now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await work();
  return page.evaluate(() => (window as Window & { longestGap?: number }).longestGap ?? 0);
}
