import type { LibraryEntry } from '../common/contract/library.js';
import type { Failure } from '../common/envelope.js';
import { CallError, failureOf } from '../common/failure.js';
import { MAX_FILE_BYTES } from '../common/limits.js';
import { call } from './bridge.js';
import { bytes } from './parts/format.js';
import { attempt, chooseDevice, chooseEntry, droppedFiles, report } from './state.js';

/** A handle of a file on the user's disk, from which it can be read anew; Chromium gives one for a file that is dropped. */
export interface FileHandle {
  readonly kind: 'file' | 'directory';
  readonly name: string;
  getFile(): Promise<File>;
}

/** How often a dropped file is looked at. The browser says nothing when one changes. */
const LOOK_MS = 1000;
/** The dropped files that are watched, the last ones. */
const MOST_WATCHED = 8;

/** Adds a file to the library and chooses it. Its size is looked at before a byte of it is read. */
export async function takeFile(file: File, handle?: FileHandle): Promise<void> {
  if (file.size > MAX_FILE_BYTES) {
    report({
      code: 'app.bad-request',
      message: `${file.name} has ${bytes(file.size)}; a bitstream has at most ${bytes(MAX_FILE_BYTES)}. Drop a .abit file.`,
      details: {},
    });
    return;
  }
  if (isRecording(file.name)) {
    const opened = await attempt(async () => call('openRecording', { fileName: file.name, text: await file.text() }));
    if (opened) chooseDevice(opened.id);
    return;
  }
  const added = await attempt(() => add(file));
  if (!added) return;
  chooseEntry(added.id);
  if (handle) watchHandle(handle, file, added.id);
}

/** Recordings of devices are told from bitstreams by their names. */
const isRecording = (fileName: string): boolean => fileName.endsWith('.recording.jsonl');

const add = async (file: File): Promise<LibraryEntry> =>
  call('addToLibrary', { fileName: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });

interface Watch {
  readonly handle: FileHandle;
  entry: string;
  lastModified: number;
}

let watches: readonly Watch[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

function watchHandle(handle: FileHandle, { lastModified }: File, entry: string): void {
  const others = watches.filter((watch) => watch.handle.name !== handle.name);
  watches = [...others, { handle, entry, lastModified }].slice(-MOST_WATCHED);
  droppedFiles.value = watches.map((watch) => ({ path: watch.handle.name, entry: watch.entry }));
  timer ??= setTimeout(look, LOOK_MS);
}

async function lookAt(watch: Watch): Promise<void> {
  const changed = { path: watch.handle.name, changedMs: Date.now() };
  try {
    const file = await watch.handle.getFile();
    if (file.lastModified === watch.lastModified) return;
    watch.lastModified = file.lastModified;
    watch.entry = (await add(file)).id;
    tell({ ...changed, entry: watch.entry });
  } catch (error) {
    // A file that is gone stays on watch: some programs remove one before they write it anew.
    if (droppedFiles.value.some(({ path, error: known }) => path === changed.path && known)) return;
    tell({ ...changed, entry: watch.entry, error: unreadable(watch.handle.name, error) });
  }
}

/** What the library said of a file, or why the browser cannot read it. */
function unreadable(name: string, error: unknown): Failure {
  if (error instanceof CallError) return failureOf(error);
  const why = error instanceof Error ? error.message : String(error);
  return { code: 'app.not-found', message: `${name} cannot be read: ${why}`, details: {} };
}

function look(): void {
  void Promise.all(watches.map(lookAt)).then(() => (timer = setTimeout(look, LOOK_MS)));
}

const tell = (now: (typeof droppedFiles.value)[number]): void => {
  droppedFiles.value = droppedFiles.value.map((file) => (file.path === now.path ? now : file));
};
