import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Frame, type Page, type Route } from 'playwright-core';
import { app, needReady, PreventableEvent, record } from './lifecycle.js';
import { session } from './session.js';

/** Where Chromium thinks that a page of `app://NAME/` is: it knows no schemes of ours. */
const asWeb = (url: string): string => url.replace(/^app:\/\/([\w-]+)\//, 'https://$1.app.test/');
const asApp = (url: string): string => url.replace(/^https:\/\/([\w-]+)\.app\.test\//, 'app://$1/');

const inPage = readFileSync(new URL('./in-page.js', import.meta.url), 'utf8');

type Invoked = (event: unknown, ...values: unknown[]) => unknown;
const invoked = new Map<string, Invoked>();

export const ipcMain = {
  handle: (channel: string, handler: Invoked): void => {
    if (invoked.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    invoked.set(channel, handler);
  },
};

/** A frame as the main process sees it. */
export interface SenderFrame {
  readonly url: string;
  readonly parent: SenderFrame | null;
}

/** Calls as a frame does. Only the message of an error crosses. */
export async function invokeFrom(
  senderFrame: SenderFrame | null,
  channel: string,
  ...values: unknown[]
): Promise<unknown> {
  const handler = invoked.get(channel);
  if (!handler) throw new Error(`No handler registered for '${channel}'`);
  return structuredClone(await handler({ senderFrame }, ...structuredClone(values)));
}

const frameOf = (frame: Frame): SenderFrame => {
  const parent = frame.parentFrame();
  return { url: asApp(frame.url()), parent: parent && frameOf(parent) };
};

let browser: Browser | undefined;

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

interface WebPreferences extends Readonly<Record<string, unknown>> {
  readonly preload?: string;
}

export interface WindowOptions extends Readonly<Record<string, unknown>> {
  readonly webPreferences?: WebPreferences;
}

type OpenHandler = (details: { readonly url: string }) => { readonly action: string };

class WebContents extends EventEmitter {
  page: Page | undefined;
  // Electron opens whatever nobody refuses.
  openHandler: OpenHandler = () => ({ action: 'allow' });

  getURL = (): string => asApp(this.page?.url() ?? '');
  isDestroyed = (): boolean => this.page?.isClosed() === true;
  setWindowOpenHandler = (handler: OpenHandler): void => void (this.openHandler = handler);

  send(channel: string, ...values: unknown[]): void {
    const copy = structuredClone(values);
    // What is told to a page that is just closing reaches nobody.
    void this.page
      ?.evaluate(
        ([name, given]) => {
          const tell = (globalThis as unknown as Record<symbol, (channel: string, values: readonly unknown[]) => void>)[
            Symbol.for('electron-stand-in')
          ];
          tell(name, given);
        },
        [channel, copy] as const,
      )
      .catch(() => undefined);
  }
}

/** A window: a page of a real Chromium, with the preload script before it and the app's protocol behind it. */
export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  readonly options: WindowOptions;
  isShown = false;
  #isMaximized = false;

  constructor(options: WindowOptions = {}) {
    super();
    needReady('BrowserWindow');
    this.options = options;
    const { preload } = options.webPreferences ?? {};
    if (preload !== undefined && !isAbsolute(preload)) throw new Error('preload has to be an absolute path');
    app.windows.push(this);
    app.emit('web-contents-created', new PreventableEvent(), this.webContents);
  }

  static getAllWindows = (): readonly BrowserWindow[] => app.windows as unknown as readonly BrowserWindow[];
  static getFocusedWindow = (): BrowserWindow | null => BrowserWindow.getAllWindows().at(0) ?? null;

  show = (): void => void (this.isShown = true);
  focus = (): void => void this.emit('focus');
  isMinimized = (): boolean => false;
  restore = (): void => undefined;
  maximize = (): void => void (this.#isMaximized = true);
  isMaximized = (): boolean => this.#isMaximized;
  getNormalBounds = (): object => ({ x: 40, y: 50, width: 1000, height: 700 });

  async loadURL(url: string): Promise<void> {
    this.webContents.page ??= await this.#openPage();
    await this.webContents.page.goto(asWeb(url));
    this.emit('ready-to-show');
  }

  close(): void {
    const event = new PreventableEvent();
    this.emit('close', event);
    if (event.defaultPrevented) return;
    app.windows.splice(app.windows.indexOf(this), 1);
    void this.webContents.page?.close();
    this.emit('closed');
    if (app.windows.length === 0) app.emit('window-all-closed');
  }

  async #openPage(): Promise<Page> {
    browser ??= await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
    await context.route('**/*', (route) => this.#answer(route));
    const page = await context.newPage();
    page.on('pageerror', (error) => record.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') record.complaints.push(message.text());
    });
    page.on('popup', (popup) => {
      if (this.webContents.openHandler({ url: asApp(popup.url()) }).action === 'deny') void popup.close();
    });
    await this.#preload(context, page);
    return page;
  }

  async #preload(context: BrowserContext, page: Page): Promise<void> {
    const { preload, sandbox, contextIsolation } = this.options.webPreferences ?? {};
    if (preload === undefined) return;
    if (sandbox === false || contextIsolation === false)
      throw new Error('The stand-in has sandboxed preload scripts alone');
    await page.exposeBinding('electronStandInInvoke', ({ frame }, channel: string, values: unknown[]) =>
      invokeFrom(frameOf(frame), channel, ...values),
    );
    const script = inPage.replace('/* PRELOAD */', () => readFileSync(preload, 'utf8'));
    await context.addInitScript({ content: `if (window === top) { ${script} }` });
  }

  /** Answers a request of the page as Electron does: listeners of navigation, then of requests, then the protocol. */
  async #answer(route: Route): Promise<void> {
    const request = route.request();
    const url = asApp(request.url());
    const isMainFrame = request.frame().parentFrame() === null;
    if (request.isNavigationRequest() && this.webContents.getURL().startsWith('app:')) {
      const details = Object.assign(new PreventableEvent(), { url, isMainFrame });
      this.webContents.emit('will-frame-navigate', details);
      if (isMainFrame) this.webContents.emit('will-navigate', details);
      if (details.defaultPrevented) {
        record.cancelled.push(url);
        // An answer without content leaves Chromium where it is.
        return route.fulfill({ status: 204 });
      }
    }
    if (session.defaultSession.isCancelled(url)) {
      record.cancelled.push(url);
      return route.abort('blockedbyclient');
    }
    const handler = session.defaultSession.handlers.get(new URL(url).protocol.slice(0, -1));
    if (!handler) {
      record.left.push(url);
      return route.abort();
    }
    const response = await handler(new Request(url, { method: request.method() }));
    if (!(response instanceof Response)) throw new Error('A protocol handler returns a Response');
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }
}
