import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { METHODS } from '../../desktop-app/src/common/contract.js';
import { CALL_CHANNEL } from '../../desktop-app/src/common/channels.js';
import { MAX_FILE_BYTES, MAX_MESSAGE_BYTES } from '../../desktop-app/src/common/limits.js';
import { smallCircuit } from '../support/eda.js';
import { temporaryFolder } from '../support/host-device.js';
import { missingTools, titled } from '../support/tools.js';
import {
  app,
  BrowserWindow,
  closeBrowser,
  dialog,
  invokeFrom,
  ipcMain,
  Menu,
  privileged,
  protocol,
  record,
  screen,
  session,
  utilityProcess,
} from './electron-stand-in/index.js';

const root = new URL('../../', import.meta.url);
const built = (file: string): URL => new URL(`desktop-app/dist/${file}`, root);
const missing = missingTools('chromium');

const OURS = { url: 'app://page/', parent: null };

describe.skipIf(missing.length > 0)(titled('the desktop app, with a stand-in for Electron', missing), () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let window: BrowserWindow;
  let page: Page;

  beforeAll(async () => {
    folder = await temporaryFolder();
    record.userData = folder.path;
    // Before it is ready, as Electron loads it.
    await import(pathToFileURL(fileURLToPath(built('main/main.js'))).href);
    record.isReady = true;
    app.emit('ready');
    await vi.waitUntil(() => BrowserWindow.getAllWindows().at(0)?.isShown, { timeout: 30_000 });
    [window] = BrowserWindow.getAllWindows();
    page = window.webContents.page!;
  });
  afterAll(async () => {
    await closeBrowser();
    await folder.dispose();
  });

  it('shows the page, which finds the emulated board that a service runs in a process of its own', async () => {
    await page.getByRole('button', { name: 'Raspberry Pi Pico 1' }).waitFor();
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    await page.getByRole('log').getByText('hello').first().waitFor();
    expect(await page.evaluate('location.href')).toBe('https://page.app.test/');
    expect(record.complaints).toEqual([]);
  });

  it('carries bytes to a service and back', async () => {
    const { bytes } = smallCircuit('across', [33, 17, 5], 3);
    const added: unknown = await page.evaluate(
      (list) => {
        const { methods } = (window as unknown as { adiabit: { methods: Record<string, (params: object) => unknown> } })
          .adiabit;
        return methods['addToLibrary']({ fileName: 'across.abit', bytes: Uint8Array.from(list) });
      },
      [...bytes],
    );
    expect(added).toMatchObject({ ok: true, value: { fileName: 'across.abit', network: { name: 'sample' } } });
    await page.getByRole('button', { name: /sample/ }).waitFor();
  });

  it('opens bitstreams by the dialog of the system, and keeps their paths to itself', async () => {
    const path = join(folder.path, 'opened.abit');
    await writeFile(path, smallCircuit('opened', [33, 17, 5], 4).bytes);
    record.dialogAnswers.push({ canceled: false, filePaths: [path] });
    const outcome = await invokeFrom(OURS, CALL_CHANNEL, 'openBitstreams', {});
    expect(outcome).toMatchObject({ ok: true, value: [{ fileName: 'opened.abit' }] });
    expect(JSON.stringify(outcome)).not.toContain(folder.path);
    record.dialogAnswers.push({ canceled: true, filePaths: [] });
    expect(await invokeFrom(OURS, CALL_CHANNEL, 'openBitstreams', {})).toEqual({ ok: true, value: [] });
  });

  it('reads no file that is too large, and says which file is broken', async () => {
    const [large, broken] = [join(folder.path, 'large.abit'), join(folder.path, 'broken.abit')];
    await writeFile(large, new Uint8Array(MAX_FILE_BYTES + 1));
    await writeFile(broken, 'not a bitstream');
    record.dialogAnswers.push({ canceled: false, filePaths: [large] });
    expect(await invokeFrom(OURS, CALL_CHANNEL, 'openBitstreams', {})).toMatchObject({
      ok: false,
      error: { code: 'app.bad-request', message: expect.stringContaining('large.abit') as string },
    });
    record.dialogAnswers.push({ canceled: false, filePaths: [broken] });
    expect(await invokeFrom(OURS, CALL_CHANNEL, 'openBitstreams', {})).toMatchObject({ ok: false });
  });

  /** The titles of Electron's own list (docs/tutorial/security). */
  describe("holds to each point of Electron's security checklist", () => {
    const preferences = (): Readonly<Record<string, unknown>> => window.options.webPreferences!;

    it('1. Only load secure content', async () => {
      for (const url of [
        'http://evil.example/a.png',
        'https://evil.example/a.png',
        'file:///etc/passwd',
        'ftp://evil.example/',
      ]) {
        expect(session.defaultSession.isCancelled(url), url).toBe(true);
      }
      expect(session.defaultSession.isCancelled('app://page/')).toBe(false);
      expect(record.left).toEqual([]);
      expect(privileged?.get('app')).toMatchObject({ standard: true, secure: true });
      expect(await page.evaluate('isSecureContext')).toBe(true);
    });

    it('2. Do not enable Node.js integration for remote content', async () => {
      expect(preferences()).toMatchObject({
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
      });
      expect(await page.evaluate('[typeof require, typeof process, typeof Buffer, typeof module]')).toEqual(
        Array.from({ length: 4 }, () => 'undefined'),
      );
    });

    it('3. Enable context isolation', () => expect(preferences()).toMatchObject({ contextIsolation: true }));

    it('4. Enable process sandboxing', () => {
      expect(record.isSandboxed).toBe(true);
      expect(preferences()).toMatchObject({ sandbox: true });
      // What a sandboxed preload script may load.
      const preload = readFileSync(built('preload/preload.cjs'), 'utf8');
      expect([...preload.matchAll(/require\("([^"]+)"\)/g)].map(([, name]) => name)).toEqual(['electron']);
      expect(preload).not.toMatch(/^(import|export)\b/m);
    });

    it('5. Handle session permission requests from remote content', () => {
      const { permissionRequest, permissionCheck, devicePermission } = session.defaultSession;
      const asked = (permission: string, requestingUrl: string, mediaTypes?: readonly string[]): boolean => {
        let isGranted = false;
        permissionRequest(window.webContents, permission, (given) => (isGranted = given), {
          requestingUrl,
          ...(mediaTypes && { mediaTypes }),
        });
        return isGranted;
      };
      const refused = [
        'geolocation',
        'notifications',
        'midi',
        'serial',
        'usb',
        'hid',
        'clipboard-read',
        'openExternal',
        'fullscreen',
      ];
      for (const permission of [...refused, 'display-capture', 'pointerLock', 'storage-access', 'unknown']) {
        expect(asked(permission, 'app://page/'), permission).toBe(false);
        expect(permissionCheck(null, permission, 'app://page/', {}), permission).toBe(false);
      }
      expect(asked('media', 'app://page/', ['audio'])).toBe(true);
      expect(permissionCheck(null, 'media', 'app://page/', { mediaType: 'audio' })).toBe(true);
      expect(asked('clipboard-sanitized-write', 'app://page/')).toBe(true);
      expect(asked('media', 'app://page/', ['video'])).toBe(false);
      expect(asked('media', 'app://page/', ['audio', 'video'])).toBe(false);
      expect(asked('media', 'https://evil.example/', ['audio'])).toBe(false);
      expect(asked('media', 'app://page.evil.example/', ['audio'])).toBe(false);
      expect(permissionCheck(null, 'media', 'https://evil.example', { mediaType: 'audio' })).toBe(false);
      expect(permissionCheck(null, 'media', 'app://page/', { mediaType: 'video' })).toBe(false);
      expect(permissionCheck(null, 'media', '', { mediaType: 'audio' })).toBe(false);
      expect(devicePermission({ deviceType: 'serial', origin: 'app://page' })).toBe(false);
    });

    it('6. Do not disable webSecurity', () => expect(preferences()).toMatchObject({ webSecurity: true }));

    it('7. Define a Content Security Policy', async () => {
      for (const url of ['app://page/', 'app://page/nothing', 'app://other/']) {
        const answer = await session.defaultSession.handlers.get('app')!(new Request(url));
        const policy = answer.headers.get('content-security-policy');
        expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
        expect(policy).toContain("connect-src 'none'");
        expect(policy).not.toMatch(/unsafe|\*|https?:/);
      }
      const broken = await page.evaluate<string>(
        `new Promise((resolve) => {
          addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective), { once: true });
          fetch('/').catch(() => undefined);
        })`,
      );
      expect(broken).toBe('connect-src');
      record.complaints.length = 0;
    });

    it('8. Do not enable allowRunningInsecureContent', () => {
      expect(preferences()).toMatchObject({ allowRunningInsecureContent: false });
    });

    it('9. Do not enable experimental features', () => {
      expect(preferences()).toMatchObject({ experimentalFeatures: false });
    });

    it('10. Do not use enableBlinkFeatures', () => {
      expect(preferences()).not.toHaveProperty('enableBlinkFeatures');
    });

    it('11. Do not use allowpopups for WebViews', async () => {
      expect(preferences()).toMatchObject({ webviewTag: false });
      expect(await page.locator('webview').count()).toBe(0);
    });

    it('12. Verify WebView options before creation', () => {
      let isPrevented = false;
      window.webContents.emit('will-attach-webview', { preventDefault: () => (isPrevented = true) }, {}, {});
      expect(isPrevented).toBe(true);
    });

    it('13. Disable or limit navigation', async () => {
      await page.evaluate(`location.href = 'https://evil.example/'`);
      await expect.poll(() => record.cancelled).toContain('https://evil.example/');
      expect(window.webContents.getURL()).toBe('app://page/');
      expect(record.left).toEqual([]);
      for (const name of ['will-redirect', 'will-frame-navigate']) {
        let isPrevented = false;
        window.webContents.emit(name, {
          url: 'app://page/',
          isMainFrame: false,
          preventDefault: () => (isPrevented = true),
        });
        expect(isPrevented, name).toBe(true);
      }
      record.complaints.length = 0;
    });

    it('14. Disable or limit creation of new windows', async () => {
      const { openHandler, page: shown } = window.webContents;
      for (const url of ['https://evil.example/', 'app://page/', 'about:blank', 'file:///etc/passwd', 'javascript:1']) {
        expect(openHandler({ url })).toEqual({ action: 'deny' });
      }
      await page.evaluate(`void window.open('about:blank')`);
      await expect.poll(() => shown?.context().pages().length).toBe(1);
    });

    it('15. Do not use shell.openExternal with untrusted content', () => {
      for (const url of ['https://evil.example/', 'file:///etc/passwd', 'smb://evil.example/', 'app://page/']) {
        window.webContents.openHandler({ url });
      }
      expect(record.openedOutside).toEqual([]);
    });

    it('16. Use a current version of Electron', () => {
      const { devDependencies } = JSON.parse(readFileSync(new URL('desktop-app/package.json', root), 'utf8')) as {
        readonly devDependencies: Readonly<Record<string, string>>;
      };
      // One version exactly: what was looked at is what is packaged.
      expect(devDependencies['electron']).toMatch(/^\d+\.\d+\.\d+$/);
      expect(Number.parseInt(devDependencies['electron'])).toBeGreaterThanOrEqual(45);
    });

    it('17. Validate the sender of all IPC messages', async () => {
      const strangers = [
        null,
        { url: 'https://evil.example/', parent: null },
        { url: 'app://page.evil.example/', parent: null },
        { url: 'app://other/', parent: null },
        { url: 'file:///app/page/index.html', parent: null },
        { url: 'about:blank', parent: null },
        { url: '', parent: null },
        { url: 'app://page/', parent: OURS },
      ];
      for (const stranger of strangers) {
        expect(await invokeFrom(stranger, CALL_CHANNEL, 'appInfo', {}), JSON.stringify(stranger)).toMatchObject({
          ok: false,
          error: { code: 'app.bad-request' },
        });
      }
      expect(await invokeFrom(OURS, CALL_CHANNEL, 'appInfo', {})).toMatchObject({
        ok: true,
        value: { face: 'desktop' },
      });
    });

    it('18. Avoid usage of the file:// protocol and prefer usage of custom protocols', async () => {
      expect(window.webContents.getURL()).toBe('app://page/');
      const handler = session.defaultSession.handlers.get('app')!;
      const paths = [
        '../package.json',
        '..%2f..%2fpackage.json',
        '%2e%2e/main/main.js',
        '..%5cmain%5cmain.js',
        '%00',
        'a%00.html',
      ];
      for (const path of paths) expect((await handler(new Request(`app://page/${path}`))).status, path).toBe(404);
      expect((await handler(new Request('app://other/index.html'))).status).toBe(404);
      expect((await handler(new Request('app://page/', { method: 'POST' }))).status).toBe(404);
    });

    it('19. Check which fuses you can change', () => {
      const { electronFuses } = JSON.parse(
        readFileSync(new URL('desktop-app/electron-builder.json', root), 'utf8'),
      ) as {
        readonly electronFuses: Readonly<Record<string, boolean>>;
      };
      expect(electronFuses).toEqual({
        runAsNode: false,
        enableCookieEncryption: true,
        enableNodeOptionsEnvironmentVariable: false,
        enableNodeCliInspectArguments: false,
        enableEmbeddedAsarIntegrityValidation: true,
        onlyLoadAppFromAsar: true,
        loadBrowserProcessSpecificV8Snapshot: false,
        grantFileProtocolExtraPrivileges: false,
      });
    });

    it('20. Do not expose Electron APIs to untrusted web content', async () => {
      const exposed = await page.evaluate<readonly string[]>(
        `[...Object.keys(adiabit), ...Object.keys(adiabit.methods), Object.isFrozen(adiabit) && Object.isFrozen(adiabit.methods)]`,
      );
      expect(exposed).toEqual(['methods', 'onEvent', ...Object.keys(METHODS), true]);
      // A listener is given what happened and nothing of Electron.
      const told = await page.evaluate<readonly string[]>(
        `new Promise((resolve) => {
          adiabit.onEvent((...given) => resolve(given.map((one) => typeof one)));
          void adiabit.methods.renameDevice({ device: 'emulated:1', name: 'Told' });
        })`,
      );
      expect(told).toEqual(['string', 'object']);
    });
  });

  it('refuses a message that is too large before it looks what it is', async () => {
    const params = { fileName: 'a', bytes: new Uint8Array(MAX_MESSAGE_BYTES + 1) };
    expect(await invokeFrom(OURS, CALL_CHANNEL, 'addToLibrary', params)).toMatchObject({
      ok: false,
      error: { code: 'app.bad-request' },
    });
  });

  it('goes on when a service was killed, and says what that means', async () => {
    await page.evaluate(
      `window.told = []; adiabit.onEvent((event, data) => event === 'service' && told.push(data.state));`,
    );
    process.kill(utilityProcess.running.find(({ file }) => file.includes('bench'))!.pid!, 'SIGKILL');
    await page.getByText('The process of the bench ended').waitFor();
    // What knew the devices is asked anew, and so is started anew.
    await expect.poll(() => page.evaluate('window.told')).toEqual(['stopped', 'running']);
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
  });

  it('has no reload and no tools of Chromium in its menu when it is packaged', () => {
    expect(JSON.stringify(record.menu)).not.toMatch(/reload|toggleDevTools/i);
    expect(window.options.webPreferences).toMatchObject({ devTools: false });
  });

  it('comes to the front when it is started again', () => {
    let isFocused = false;
    window.once('focus', () => (isFocused = true));
    app.emit('second-instance');
    expect(isFocused).toBe(true);
  });

  it('asks before it quits while a device is written, and ends its services when it does', async () => {
    const added = (await invokeFrom(OURS, CALL_CHANNEL, 'addToLibrary', {
      fileName: 'slow.abit',
      bytes: smallCircuit('slow', [784, 256, 10], 5).bytes,
    })) as { readonly value: { readonly id: string } };
    const flash = { devices: ['emulated:1'], bitstream: added.value.id };
    expect(await invokeFrom(OURS, CALL_CHANNEL, 'flash', flash)).toMatchObject({ ok: true });
    record.dialogsShown.length = 0;
    record.dialogAnswers.push({ response: 0 }, { response: 1 });
    window.close();
    await expect.poll(() => record.dialogsShown).toHaveLength(1);
    expect(record.dialogsShown[0]).toMatchObject({ options: { message: 'A device is being written.' } });
    expect(BrowserWindow.getAllWindows()).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(record.hasQuit).toBe(false);
    window.close();
    await expect.poll(() => record.hasQuit, { timeout: 20_000 }).toBe(true);
    expect(record.dialogsShown).toHaveLength(2);
    expect(BrowserWindow.getAllWindows()).toHaveLength(0);
    expect(JSON.parse(readFileSync(join(folder.path, 'bench', 'window.json'), 'utf8'))).toEqual({
      x: 40,
      y: 50,
      width: 1000,
      height: 700,
      isMaximized: false,
    });
  });
});

describe('the stand-in for Electron', () => {
  it('refuses what Electron refuses', async () => {
    record.isReady = false;
    expect(() => new BrowserWindow()).toThrow('before the app is ready');
    expect(() => session.defaultSession).toThrow('before the app is ready');
    expect(() => screen.getAllDisplays()).toThrow('before the app is ready');
    expect(() => utilityProcess.fork('/none.js')).toThrow('before the app is ready');
    expect(() => dialog.showMessageBox({})).toThrow('before the app is ready');
    record.isReady = true;
    expect(() => protocol.registerSchemesAsPrivileged([])).toThrow('before the app is ready');
    expect(() => app.enableSandbox()).toThrow('before the app is ready');
    expect(() => utilityProcess.fork('/none.js')).toThrow('There is no module');
    expect(() => session.defaultSession.protocol.handle('other', () => Promise.resolve(new Response()))).toThrow(
      'no origin',
    );
    expect(() => new BrowserWindow({ webPreferences: { preload: './preload.cjs' } })).toThrow('absolute');
    expect(() => Menu.buildFromTemplate([{}])).toThrow('Invalid template');
    ipcMain.handle('twice', () => 0);
    expect(() => ipcMain.handle('twice', () => 0)).toThrow('second handler');
    await expect(invokeFrom(OURS, 'twice', () => 0)).rejects.toThrow('could not be cloned');
    await expect(invokeFrom(OURS, 'never')).rejects.toThrow('No handler registered');
  });
});
