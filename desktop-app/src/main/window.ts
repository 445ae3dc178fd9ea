import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { StateFile } from '../services/state-file.js';
import { PAGE_URL } from './page-protocol.js';
import { placeOn, SMALLEST, windowPlaceSchema } from './window-place.js';

const PRELOAD = fileURLToPath(new URL('../preload/preload.cjs', import.meta.url));

/** The page's paper, which stands there before the page does (`--paper` in style/tokens.css). */
const PAPER = { light: '#fcfcfb', dark: '#15181b' } as const;

/** A page that ends sooner than this after it was loaded would only end again. */
const RELOAD_MS = 10_000;

/** Opens the app's window. It is shown when its page is drawn. */
export async function openWindow(stateFolder: string): Promise<BrowserWindow> {
  const kept = await StateFile.open(join(stateFolder, 'window.json'), windowPlaceSchema.nullable(), null);
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...placeOn(areas, kept.value ?? undefined),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    title: 'Adiabit',
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? PAPER.dark : PAPER.light,
    webPreferences: {
      preload: PRELOAD,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Its dictionaries would be downloaded.
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  if (kept.value?.isMaximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    const place = { ...window.getNormalBounds(), isMaximized: window.isMaximized() };
    // Where the window stood is not worth a message.
    void kept.set(place).catch(() => undefined);
  });
  let loadedMs = Date.now();
  window.webContents.on('render-process-gone', () => {
    if (Date.now() - loadedMs < RELOAD_MS) return;
    loadedMs = Date.now();
    void window.loadURL(PAGE_URL);
  });
  await window.loadURL(PAGE_URL);
  return window;
}
