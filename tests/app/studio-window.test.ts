import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { expect, it, vi } from 'vitest';
import { temporaryFolder } from '../support/host-device.js';
import { missingTools, titled } from '../support/tools.js';
import { openVirtualDisplay } from '../support/virtual-display.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const missing = missingTools('chromium', 'Xvfb');

/** Tells whether a browser has opened its window. */
async function hasPage(address: string): Promise<boolean> {
  const response = await fetch(`${address}/json/list`).catch(() => undefined);
  const targets = (await response?.json()) as readonly { readonly type: string }[] | undefined;
  return targets?.some(({ type }) => type === 'page') ?? false;
}

const CONNECTING_TRIES = 6;

/** Connects to a browser. One that opens a window at that moment may answer nothing more on a connection: then another one is made. */
async function connectTo(address: string): Promise<Browser> {
  for (let tries = 1; ; tries++) {
    try {
      return await chromium.connectOverCDP(address, { timeout: 15_000 });
    } catch (error) {
      if (tries === CONNECTING_TRIES) throw error;
    }
  }
}

it.skipIf(missing.length > 0)(
  titled('adiabit studio --window opens a window of its own, and ends when that is closed', missing),
  async () => {
    const folder = await temporaryFolder();
    const display = await openVirtualDisplay();
    // Chromium wants no sandbox where all is done by root, and tells its debugging port for this test alone.
    const browser = join(folder.path, 'browser');
    await writeFile(
      browser,
      '#!/bin/sh\nexec chromium --no-sandbox --disable-gpu --test-type --remote-debugging-port=0 "$@"\n',
    );
    await chmod(browser, 0o755);
    const command = [join(root, 'sdk/dist/cli/main.js'), 'studio', '--window', '--json', '--state', folder.path];
    const environment = { ...process.env, DISPLAY: display.name, ADIABIT_BROWSER: browser };
    const studio = spawn(process.execPath, command, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(studio, 'exit');
    try {
      const ports = join(folder.path, 'window', 'DevToolsActivePort');
      await vi.waitUntil(() => existsSync(ports), { timeout: 30_000 });
      const [port] = (await readFile(ports, 'utf8')).split('\n');
      const address = `http://127.0.0.1:${port}`;
      await vi.waitUntil(() => hasPage(address), { timeout: 60_000, interval: 200 });
      const connected = await connectTo(address);
      const page = connected.contexts()[0].pages()[0];
      await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
      expect(await page.title()).toBe('Raspberry Pi Pico 1 - Adiabit');
      expect(await page.evaluate(`matchMedia('(display-mode: standalone)').matches`)).toBe(true);
      expect(page.url()).not.toContain('#');
      // What a person sees is the app, and not an empty window.
      await vi.waitUntil(async () => (await display.picture()).colours > 100, { timeout: 10_000, interval: 300 });
      const pictures = join(root, 'out', 'pictures');
      await mkdir(pictures, { recursive: true });
      await writeFile(join(pictures, 'studio-window.png'), (await display.picture()).png);
      await page.close();
      const [status] = (await ended) as [number];
      expect(status).toBe(0);
    } finally {
      studio.kill('SIGKILL');
      await display.close();
      await folder.dispose();
    }
  },
  // Xvfb, a browser and the studio start on a machine that runs other tests.
  180_000,
);
