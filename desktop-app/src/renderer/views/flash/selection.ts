import { computed, effect, signal } from '@preact/signals';
import type { Device } from '../../../common/contract/devices.js';
import type { LibraryEntry } from '../../../common/contract/library.js';
import { chosenDevice, chosenEntry, devices, library, watchedFiles } from '../../state.js';

/** The bitstream that a person picked here, or chose on the left; absent until then. */
export const picked = signal<string | undefined>(undefined);

effect(() => {
  if (chosenEntry.value !== undefined) picked.value = chosenEntry.value;
});

/** What each watched file held when it was last looked at. */
let held: ReadonlyMap<string, string | undefined> = new Map();

// What was picked stays picked when its file changes: it is the file that a person means.
effect(() => {
  const now = new Map(watchedFiles.value.map(({ path, entry }) => [path, entry]));
  for (const [path, entry] of now) {
    const before = held.get(path);
    if (before !== undefined && before !== entry && picked.peek() === before) picked.value = entry;
  }
  held = now;
});

/** The bitstream to be written: the one that was picked, else the newest. */
export const selected = computed(
  (): LibraryEntry | undefined => library.value.find(({ id }) => id === picked.value) ?? library.value.at(0),
);

/** Devices that were marked by hand, as long as the same one is chosen on the left. */
const marks = signal<{ readonly chosen: string | undefined; readonly ids: readonly string[] }>({
  chosen: undefined,
  ids: [],
});

/** The devices to write to: those that were marked, else the chosen one. */
export const marked = computed((): readonly Device[] => {
  const { chosen, ids } = marks.value;
  const wanted = chosen === chosenDevice.value ? ids : [chosenDevice.value];
  return devices.value.filter(({ id }) => wanted.includes(id));
});

/** Marks devices, in place of those before. */
export function mark(ids: readonly string[]): void {
  marks.value = { chosen: chosenDevice.value, ids };
}

/** The device whose flash is drawn: the chosen one, if it is marked. */
export const inFocus = computed(
  (): Device | undefined => marked.value.find(({ id }) => id === chosenDevice.value) ?? marked.value.at(0),
);
