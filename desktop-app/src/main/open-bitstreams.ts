import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '@adiabit/simulator/errors';
import { BrowserWindow, dialog } from 'electron';
import type { LibraryEntry } from '../common/contract/library.js';
import { CallError } from '../common/failure.js';
import { MAX_FILE_BYTES } from '../common/limits.js';
import type { Router } from '../host/router.js';

/** Asks for bitstreams and adds them to the library. Paths stay here: the page sees what the files hold. */
export async function openBitstreams(router: Router): Promise<readonly LibraryEntry[]> {
  const options: Electron.OpenDialogOptions = {
    title: 'Open bitstreams',
    filters: [{ name: 'Bitstreams', extensions: ['abit'] }],
    properties: ['openFile', 'multiSelections'],
  };
  const window = BrowserWindow.getFocusedWindow();
  const { filePaths } = await (window ? dialog.showOpenDialog(window, options) : dialog.showOpenDialog(options));
  const added: LibraryEntry[] = [];
  for (const path of filePaths) added.push(await addFile(router, path));
  return added;
}

/** Adds a file to the library. Its size is looked at before a byte of it is read. */
async function addFile(router: Router, path: string): Promise<LibraryEntry> {
  const fileName = basename(path);
  const { size } = await stat(path);
  if (size > MAX_FILE_BYTES) {
    throw new AppError('bad-request', `${fileName} is too large for a bitstream. Choose a .abit file.`, {
      bytes: size,
    });
  }
  const outcome = await router.call('addToLibrary', { fileName, bytes: new Uint8Array(await readFile(path)) });
  if (!outcome.ok) throw new CallError(outcome.error);
  return outcome.value as LibraryEntry;
}
