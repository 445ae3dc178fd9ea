import { pathToFileURL, fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import type * as StudioDoor from '@adiabit/desktop-app/studio';
import { temporaryFolder } from './host-device.js';

const door = fileURLToPath(new URL('../../desktop-app/dist/studio/index.js', import.meta.url));

/** The studio as it is built, with a state of its own, and a real Chromium that looks at it. */
export interface TestStudio {
  readonly studio: StudioDoor.Studio;
  readonly stateFolder: string;
  /** Opens the page, and fails the test at its end if the page logged an error or broke its policy. */
  openPage(options?: PageOptions): Promise<Page>;
  /** Whatever the pages complained of so far: errors, broken policies. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce' | 'no-preference';
}

export async function openTestStudio(options: Partial<StudioDoor.StudioOptions> = {}): Promise<TestStudio> {
  const folder = await temporaryFolder();
  const { openStudio } = (await import(pathToFileURL(door).href)) as typeof StudioDoor;
  const studio = await openStudio({ stateFolder: folder.path, version: 'test', ...options });
  const complaints: string[] = [];
  let browser: Browser | undefined;
  return {
    studio,
    stateFolder: folder.path,
    complaints,
    openPage: async ({ width = 1280, height = 800, colorScheme = 'light', reducedMotion = 'reduce' } = {}) => {
      browser ??= await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: [
          ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
          // A microphone that beeps, allowed where the page's own policy allows one.
          ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
        ],
      });
      const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(studio.url);
      return page;
    },
    close: async () => {
      await browser?.close();
      await studio.close();
      await folder.dispose();
    },
  };
}
