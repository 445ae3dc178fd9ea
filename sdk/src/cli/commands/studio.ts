import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Command } from 'commander';
import { AppError } from '@adiabit/simulator/errors';
import { VERSION } from '../../version.js';
import { findBrowser, openAppWindow } from '../app-window.js';
import { interruptSignal } from '../interrupt.js';
import { boardsOption, integer } from '../parse.js';
import { studioFolder } from '../studio-folder.js';
import { createTerminal, styled } from '../terminal.js';

interface StudioFlags {
  readonly port?: number;
  readonly state?: string;
  readonly data?: string;
  readonly boards?: string;
  readonly emulate: string;
  readonly open: boolean;
  readonly window?: boolean;
  readonly json?: boolean;
}

/** What the desktop app's package offers for this command; it is not a dependency, because it depends on this package. */
interface StudioDoor {
  openStudio(options: {
    readonly stateFolder: string;
    readonly port?: number;
    readonly boardsFolder?: string;
    readonly dataFolder?: string;
    readonly emulatedBoard?: string;
    readonly watchedFiles?: readonly string[];
    readonly version: string;
  }): Promise<{ readonly url: string; readonly port: number; close(): Promise<void> }>;
}

export const studioCommand = (): Command =>
  new Command('studio')
    .summary('open the app in a browser: devices, flashing, live, circuits, training')
    .description(
      'Serves the desktop app on 127.0.0.1, for the browser of this computer or, through a tunnel (ssh -L), of another one. Only who has the ' +
        'address with its token can use it. An emulated board stands in the list, so nothing has to be plugged in. Ctrl-C ends it.',
    )
    .argument('[files...]', 'bitstreams (.abit) to have in the list, and to load again whenever they change')
    .option('--port <n>', 'port to listen on (default: a free one)', integer)
    .option('--state <dir>', 'folder for circuits, trainings and emulated boards (default: that of the user)')
    .option('--data <dir>', 'folder with data sets, a folder each')
    .addOption(boardsOption())
    .option('--emulate <board>', 'the board to emulate where none is emulated yet', 'rp2040')
    .option('--window', 'open a window of its own (of Chromium, Chrome or Edge); closing it ends the studio')
    .option('--no-open', 'print the address and open no browser')
    .option('--json', 'print the address as JSON')
    .action(studioAction);

async function studioAction(files: readonly string[], flags: StudioFlags): Promise<void> {
  const terminal = createTerminal(flags.json === true);
  const browser = flags.window === true ? findBrowser() : undefined;
  const stateFolder = flags.state ?? studioFolder();
  const door = await loadStudio();
  const { port, data, boards } = flags;
  const studio = await door.openStudio({
    stateFolder,
    emulatedBoard: flags.emulate,
    watchedFiles: files,
    version: VERSION,
    ...(port === undefined ? {} : { port }),
    ...(data === undefined ? {} : { dataFolder: data }),
    ...(boards === undefined ? {} : { boardsFolder: boards }),
  });
  terminal.say('The studio is at ', styled('bold', studio.url), '. Ctrl-C ends it.');
  terminal.result({ url: studio.url, port: studio.port });
  const signal = interruptSignal();
  const interrupted = signal.aborted ? Promise.resolve() : once(signal, 'abort');
  if (browser !== undefined) {
    const window = openAppWindow(browser, studio.url, join(stateFolder, 'window'));
    await Promise.race([interrupted, window.closed]);
    window.close();
  } else {
    if (flags.open) openBrowser(studio.url);
    await interrupted;
  }
  await studio.close();
}

/** @throws AppError `app.not-installed` where only the SDK is */
async function loadStudio(): Promise<StudioDoor> {
  const door = '@adiabit/desktop-app/studio';
  try {
    return (await import(door)) as StudioDoor;
  } catch (error) {
    const message = `The studio is the package @adiabit/desktop-app, which is not here. Install it: npm install @adiabit/desktop-app.`;
    throw new AppError('not-installed', message, {}, error);
  }
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
};

/** Opens the address in the user's browser. Where there is none, the printed address is enough. */
function openBrowser(url: string): void {
  const [command, ...options] = OPENERS[process.platform] ?? ['xdg-open'];
  const browser = spawn(command, [...options, url], { stdio: 'ignore', detached: true });
  browser.on('error', () => undefined);
  browser.unref();
}
