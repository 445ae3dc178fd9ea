import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/host-device.js';
import { titled } from '../support/tools.js';

const app = fileURLToPath(new URL('../../desktop-app', import.meta.url));

/** The executable of Electron: of a folder that is named, or downloaded by `npx install-electron`. */
function electronPath(): string | undefined {
  const module = fileURLToPath(new URL('../../node_modules/electron/', import.meta.url));
  const named = join(module, 'path.txt');
  const program = existsSync(named) ? readFileSync(named, 'utf8') : 'electron';
  const path = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(module, 'dist'), program);
  return existsSync(path) ? path : undefined;
}

const executablePath = electronPath();

const missing = executablePath === undefined ? ['electron'] : [];

describe.skipIf(missing.length > 0)(titled('the desktop app in Electron', missing), () => {
  it('shows the emulated board, keeps Node from the page, and refuses what is not its own', async () => {
    const folder = await temporaryFolder();
    const running = await _electron.launch({
      executablePath: executablePath!,
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), app, `--user-data-dir=${folder.path}`],
    });
    try {
      const page = await running.firstWindow();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.getByRole('button', { name: 'Raspberry Pi Pico 1' }).waitFor();
      await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
      expect(await page.evaluate('location.href')).toBe('app://page/');
      expect(await page.evaluate('[typeof require, typeof process]')).toEqual(['undefined', 'undefined']);
      await page.evaluate(`location.href = 'https://evil.example/'; void window.open('https://evil.example/');`);
      await page.waitForTimeout(300);
      expect(await page.evaluate('location.href')).toBe('app://page/');
      expect(running.windows()).toHaveLength(1);
      expect(complaints).toEqual([]);
    } finally {
      await running.close();
      await folder.dispose();
    }
  });
});
