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

/** Strokes of a 7, in shares of the drawing pad. */
const SEVEN = [
  [0.28, 0.22],
  [0.72, 0.22],
  [0.45, 0.85],
] as const;

/** Draws a 7 with the mouse, and waits until device and simulator have said what it is. */
async function drawSeven(page: Page): Promise<void> {
  await showView('Live')(page);
  const pad = page.getByLabel('Drawing pad');
  const { x, y, width, height } = (await pad.boundingBox())!;
  const [first, ...others] = SEVEN.map(([right, down]): [number, number] => [x + right * width, y + down * height]);
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const corner of others) await page.mouse.move(...corner, { steps: 10 });
  await page.mouse.up();
  await page.locator('[data-who=device] .class').filter({ hasText: '7' }).waitFor();
  await page.waitForTimeout(SETTLED_MS);
}

/** Until layers have been read from the device and drawn. */
const SETTLED_MS = 2000;

const SCENES: readonly Scene[] = [
  { name: 'overview', show: showView('Overview') },
  { name: 'flash', show: showView('Flash') },
  { name: 'live', show: drawSeven },
  {
    name: 'circuit',
    show: async (page) => {
      await showView('Circuit')(page);
      await page.waitForTimeout(SETTLED_MS);
    },
  },
  {
    name: 'train',
    show: async (page) => {
      await showView('Train')(page);
      await page
        .getByRole('button', { name: /^(Start|Train)/ })
        .first()
        .waitFor();
      await page.waitForTimeout(SETTLED_MS);
    },
  },
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
const SHOWN: ReadonlySet<string> = new Set([
  'live-light-1280.png',
  'live-dark-1280.png',
  'circuit-light-1280.png',
  'circuit-dark-1280.png',
]);

const { values } = parseArgs({ options: { chromium: { type: 'string', default: '/usr/bin/chromium' } } });
const folderAt = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const [all, shown] = [folderAt('out/pictures'), folderAt('docs/pictures')];
await Promise.all([all, shown].map((folder) => mkdir(folder, { recursive: true })));
const stateFolder = await mkdtemp(join(tmpdir(), 'adiabit-pictures-'));
const studio = await openStudio({ stateFolder, emulatedBoard: 'rp2040', version: 'pictures' });
const digits = folderAt('examples/circuit-regression/digits.abit');
const browser = await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox', '--disable-gpu'] });
let isFlashed = false;
try {
  for (const colorScheme of COLOR_SCHEMES) {
    for (const width of WIDTHS) {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme, reducedMotion: 'reduce' });
      await page.goto(studio.url);
      await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
      if (!isFlashed) await flashDigits(page);
      isFlashed = true;
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

/** Puts the example on the emulated board, as a user does. */
async function flashDigits(page: Page): Promise<void> {
  await page.getByLabel('Open bitstreams').first().setInputFiles(digits);
  await showView('Flash')(page);
  await page.getByRole('button', { name: 'Flash', exact: true }).click();
  await page.getByText('runs it and boots').waitFor({ timeout: 120_000 });
}
