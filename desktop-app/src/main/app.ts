import { join } from 'node:path';
import { app, BrowserWindow, dialog, session } from 'electron';
import { failureOf } from '../common/failure.js';
import { startFirstBoard } from '../host/first-board.js';
import { Router } from '../host/router.js';
import { Services } from '../host/services.js';
import { guardContents, guardSession } from './guards.js';
import { setMenu } from './menu.js';
import { openBitstreams } from './open-bitstreams.js';
import { answerCalls, tellPages } from './page-messages.js';
import { declarePageScheme, servePage } from './page-protocol.js';
import { mayQuit } from './quit-guard.js';
import { forkUtility } from './utility-process.js';
import { openWindow } from './window.js';

const FIRST_BOARD = 'rp2040';

/** Runs the desktop app: one window, one process for each service, and this one, which does nothing that could block. */
export function runApp(): void {
  app.enableSandbox();
  declarePageScheme();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  guardContents(app);
  app.on('second-instance', showWindow);
  app.whenReady().then(start).catch(giveUp);
}

async function start(): Promise<void> {
  const stateFolder = join(app.getPath('userData'), 'bench');
  guardSession(session.defaultSession);
  servePage(session.defaultSession);
  setMenu(app.isPackaged);
  const services = new Services(forkUtility, { stateFolder }, tellPages);
  const router: Router = new Router(services, {
    appInfo: () => ({ version: app.getVersion(), face: 'desktop', hasDialogs: true }),
    openBitstreams: () => openBitstreams(router),
  });
  answerCalls(router);
  quitWith(services);
  const open = (): Promise<BrowserWindow> => openWindow(stateFolder);
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) void open().then(guardClose);
  });
  void startFirstBoard(router, FIRST_BOARD);
  guardClose(await open());
}

/** Says why the app cannot start: without a window there is no other place. */
function giveUp(error: unknown): void {
  dialog.showErrorBox('Adiabit cannot start', failureOf(error).message);
  app.exit(1);
}

function showWindow(): void {
  const window = BrowserWindow.getAllWindows().at(0);
  if (window?.isMinimized()) window.restore();
  window?.focus();
}

let hasEnded = false;

/** Ends the app when nothing is being written or the user says so, and its services before it. */
function quitWith(services: Services): void {
  let ending: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    if (!(await mayQuit(services))) return;
    await services.close();
    hasEnded = true;
    app.quit();
  };
  app.on('before-quit', (event) => {
    if (hasEnded) return;
    event.preventDefault();
    ending ??= end().finally(() => (ending = undefined));
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
}

/** Closing the window ends the app, where the system has it so; the window stands until that is decided. */
function guardClose(window: BrowserWindow): void {
  if (process.platform === 'darwin') return;
  window.on('close', (event) => {
    if (hasEnded) return;
    event.preventDefault();
    app.quit();
  });
}
