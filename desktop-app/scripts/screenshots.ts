/**
 * Takes pictures of the app: every scene, light and dark, 1280 and 800 wide. All go to a folder to look at (out/pictures); those that the
 * README shows are copied to docs/pictures. `npm run screenshots [-- --chromium PATH]`
 */
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { openStudio } from '../dist/studio/index.js';

/** Something to take a picture of: what is done in the page before. Scenes follow each other on one bench. */
interface Scene {
  readonly name: string;
  readonly show: (page: Page) => Promise<void>;
}

const showView = (label: string) => async (page: Page) => page.getByRole('tab', { name: label }).click();

const SCENES: readonly Scene[] = [
  { name: 'overview', show: showView('Overview') },
  { name: 'flash', show: showView('Flash') },
  { name: 'live', show: showView('Live') },
  { name: 'circuit', show: showView('Circuit') },
  { name: 'train', show: showView('Train') },
  {
    name: 'keys',
    show: async (page) => {
      await showView('Overview')(page);
      await page.keyboard.press('?');
    },
  },
];

const COLOR_SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [1280, 800] as const;

/** The pictures that the README shows. */
const SHOWN: ReadonlySet<string> = new Set(['overview-light-1280.png', 'overview-dark-1280.png']);

const { values } = parseArgs({ options: { chromium: { type: 'string', default: '/usr/bin/chromium' } } });
const folderAt = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const [all, shown] = [folderAt('out/pictures'), folderAt('docs/pictures')];
await Promise.all([all, shown].map((folder) => mkdir(folder, { recursive: true })));
const stateFolder = await mkdtemp(join(tmpdir(), 'adiabit-pictures-'));
const studio = await openStudio({ stateFolder, emulatedBoard: 'rp2040', version: 'pictures' });
const browser = await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const colorScheme of COLOR_SCHEMES) {
    for (const width of WIDTHS) {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme, reducedMotion: 'reduce' });
      await page.goto(studio.url);
      await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
      for (const { name, show } of SCENES) {
        await show(page);
        const file = `${name}-${colorScheme}-${width}.png`;
        await page.screenshot({ path: join(all, file) });
        if (SHOWN.has(file)) await copyFile(join(all, file), join(shown, file));
        console.log(file);
      }
      await page.close();
    }
  }
} finally {
  await browser.close();
  await studio.close();
  await rm(stateFolder, { recursive: true });
}
