import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AppError } from '@adiabit/simulator/errors';

/** The variable that names another program with Chromium in it. */
const NAMED = 'ADIABIT_BROWSER';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];

const WINDOWS_FILES = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];

type Environment = Readonly<Record<string, string | undefined>>;

/** Lists where a browser may be, the first choice first. */
export function browserPlaces(platform: NodeJS.Platform, environment: Environment): readonly string[] {
  const named = environment[NAMED];
  if (named !== undefined && named !== '') return [named];
  if (platform === 'darwin') {
    const folders = ['/Applications', join(environment['HOME'] ?? '', 'Applications')];
    return MAC_APPS.flatMap((name) => folders.map((folder) => `${folder}/${name}.app/Contents/MacOS/${name}`));
  }
  if (platform === 'win32') {
    const folders = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].map((name) => environment[name]);
    return WINDOWS_FILES.flatMap((file) => folders.flatMap((folder) => (folder ? [`${folder}\\${file}`] : [])));
  }
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program)));
}

/** @throws AppError `app.not-installed` where there is no browser that has app windows */
export function findBrowser(
  platform: NodeJS.Platform = process.platform,
  environment: Environment = process.env,
  isProgram: (path: string) => boolean = canRun,
): string {
  const places = browserPlaces(platform, environment);
  const found = places.find(isProgram);
  if (found !== undefined) return found;
  const named = environment[NAMED];
  throw new AppError(
    'not-installed',
    named === undefined
      ? `A window of its own needs Chromium, Google Chrome or Microsoft Edge, and none is here. Install one, name one in ${NAMED}, or leave out --window.`
      : `${NAMED} names ${named}, which cannot be run. Name a program of Chromium, Google Chrome or Microsoft Edge.`,
  );
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A window that a browser shows without its tabs and address. */
export interface AppWindow {
  /** Resolves when it was closed. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Opens an address in a window of its own, with a profile of its own: no bookmarks, no extensions, no other sites. */
export function openAppWindow(browser: string, url: string, profileFolder: string): AppWindow {
  const options = [
    `--app=${url}`,
    `--user-data-dir=${profileFolder}`,
    '--window-size=1280,800',
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-extensions',
    '--disable-sync',
    '--disable-background-networking',
    '--disable-component-update',
  ];
  const child = spawn(browser, options, { stdio: 'ignore' });
  const closed = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  return { closed, close: () => void child.kill() };
}
