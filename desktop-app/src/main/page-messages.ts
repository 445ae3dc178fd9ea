import { AppError } from '@adiabit/simulator/errors';
import { BrowserWindow, ipcMain, type WebFrameMain } from 'electron';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../common/channels.js';
import type { Outcome } from '../common/envelope.js';
import { failureOf } from '../common/failure.js';
import { MAX_MESSAGE_BYTES } from '../common/limits.js';
import { isWithin } from '../host/message-size.js';
import type { Router } from '../host/router.js';
import { isPageUrl } from './page-protocol.js';

/** Answers the calls of the page: of ours, in a window of its own, and of a size that a call can have. */
export function answerCalls(router: Router): void {
  ipcMain.handle(CALL_CHANNEL, ({ senderFrame }, method: unknown, params: unknown): Promise<Outcome> | Outcome => {
    if (!isPage(senderFrame)) return refused('Only the page of the app can ask for anything.');
    if (!isWithin(params, MAX_MESSAGE_BYTES)) return refused('This is more than a call can hold. Use a smaller file.');
    return router.call(method, params);
  });
}

/** Tells all windows. */
export function tellPages(event: string, data: unknown): void {
  for (const window of BrowserWindow.getAllWindows()) {
    if (!window.webContents.isDestroyed()) window.webContents.send(EVENT_CHANNEL, event, data);
  }
}

/** A frame is null once it has gone elsewhere. */
const isPage = (frame: WebFrameMain | null): boolean => frame !== null && frame.parent === null && isPageUrl(frame.url);

const refused = (message: string): Outcome => ({ ok: false, error: failureOf(new AppError('bad-request', message)) });
