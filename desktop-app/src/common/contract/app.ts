import { z } from 'zod';
import { method } from './define.js';
import type { LibraryEntry } from './library.js';

/** What the page runs in. */
export interface AppInfo {
  readonly version: string;
  /** The desktop app, or a browser that the studio serves. */
  readonly face: 'desktop' | 'studio';
  /** Whether it can show the system's dialogs for files. */
  readonly hasDialogs: boolean;
  /** A folder with data sets that the user named. */
  readonly dataFolder?: string;
}

export const APP_METHODS = {
  appInfo: method<AppInfo>()('host', z.strictObject({})),
  /** Asks for bitstreams by the system's dialog and adds them to the library; none if it is cancelled. The page sees no paths. */
  openBitstreams: method<readonly LibraryEntry[]>()('host', z.strictObject({})),
};
