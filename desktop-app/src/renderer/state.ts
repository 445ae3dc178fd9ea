import { computed, signal } from '@preact/signals';
import type { AppInfo } from '../common/contract/app.js';
import type { Device, EmulatedBoardKind } from '../common/contract/devices.js';
import type { FlashJob } from '../common/contract/flashing.js';
import type { LibraryEntry, WatchedFile } from '../common/contract/library.js';
import type { ServiceEvent } from '../common/contract.js';
import type { Failure } from '../common/envelope.js';
import { failureOf } from '../common/failure.js';
import { call, on, onConnection } from './bridge.js';

/** What is behind the page, as it last said. Views read these; only this file writes them. */
export const app = signal<AppInfo | undefined>(undefined);
export const isConnected = signal<boolean | undefined>(undefined);
export const devices = signal<readonly Device[]>([]);
export const emulatedBoards = signal<readonly EmulatedBoardKind[]>([]);
export const flashJobs = signal<readonly FlashJob[]>([]);
export const library = signal<readonly LibraryEntry[]>([]);
/** Files that the app was started with, and those that were dropped: they come again when they change. */
const namedFiles = signal<readonly WatchedFile[]>([]);
export const droppedFiles = signal<readonly WatchedFile[]>([]);
export const watchedFiles = computed(() => [...namedFiles.value, ...droppedFiles.value]);
/** What has been told since the page was opened: until then an empty list means nothing. */
export const isKnown = signal({ devices: false, library: false });
export const services = signal<readonly ServiceEvent[]>([]);
/** What went wrong with what a person asked for, until it is read. */
export const problems = signal<readonly Failure[]>([]);

export const VIEWS = ['overview', 'flash', 'live', 'circuit', 'train', 'fleet'] as const;
export type View = (typeof VIEWS)[number];
export const view = signal<View>('overview');

/** What is chosen: a device, a bitstream, or one and then the other. */
export const chosenDevice = signal<string | undefined>(undefined);
export const chosenEntry = signal<string | undefined>(undefined);

export const device = computed(() => devices.value.find(({ id }) => id === chosenDevice.value));
export const entry = computed(() => library.value.find(({ id }) => id === chosenEntry.value));

/** The bitstream that the chosen device runs, if the library has it. */
export const runningEntry = computed(() => {
  const about = device.value?.about;
  const digest = about?.activeSlot === undefined ? undefined : about.slots[about.activeSlot]?.digest;
  return library.value.find(({ id }) => id === digest);
});

export const nameOf = (id: string): string => devices.value.find((one) => one.id === id)?.name ?? id;

/** Does what a person asked for; what goes wrong is shown. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    report(failureOf(error));
    return undefined;
  }
}

const MOST_PROBLEMS = 3;

export function report(failure: Failure): void {
  problems.value = [...problems.value.filter(({ message }) => message !== failure.message), failure].slice(
    -MOST_PROBLEMS,
  );
}

export const dismiss = (failure: Failure): void => {
  problems.value = problems.value.filter((one) => one !== failure);
};

/** Chooses a device, and takes the choice back where it is gone from the list. */
export function chooseDevice(id: string | undefined): void {
  chosenDevice.value = id;
  if (id !== undefined) chosenEntry.value = undefined;
}

/** Chooses a bitstream; the circuit view shows it. */
export function chooseEntry(id: string): void {
  chosenEntry.value = id;
  if (view.value === 'overview') view.value = 'circuit';
}

function received(list: readonly Device[]): void {
  devices.value = list;
  isKnown.value = { ...isKnown.value, devices: true };
  const isThere = list.some(({ id }) => id === chosenDevice.value);
  if (!isThere) chosenDevice.value = list.at(0)?.id;
}

function receivedLibrary(entries: readonly LibraryEntry[]): void {
  library.value = entries;
  isKnown.value = { ...isKnown.value, library: true };
}

/** Jobs of processes that have ended. */
let earlierJobs: readonly FlashJob[] = [];

const receivedJobs = (jobs: readonly FlashJob[]): void => {
  flashJobs.value = [...earlierJobs.filter(({ id }) => jobs.every((job) => job.id !== id)), ...jobs];
};

/** Notes that the process of the bench ended: what it was writing failed. */
function benchEnded(error: Failure | undefined): void {
  const failed = error === undefined ? {} : { error };
  earlierJobs = flashJobs.value.map((job) =>
    job.state === 'running' ? { ...job, state: 'failed', endedMs: Date.now(), ...failed } : job,
  );
  flashJobs.value = earlierJobs;
}

async function load(): Promise<void> {
  // Each is shown when it comes: a process that is slow to start holds nothing else up.
  await Promise.all([
    call('appInfo', {}).then((info) => (app.value = info)),
    call('listDevices', {}).then(received),
    call('listEmulatedBoards', {}).then((boards) => (emulatedBoards.value = boards)),
    call('listFlashJobs', {}).then(receivedJobs),
    call('listLibrary', {}).then(receivedLibrary),
    call('listWatchedFiles', {}).then((files) => (namedFiles.value = files)),
  ]);
}

/** Listens to what is behind the page, and asks for all of it when a connection is there. */
export function start(): void {
  on('devices', received);
  on('flashJobs', receivedJobs);
  on('watchedFiles', (files) => (namedFiles.value = files));
  on('library', receivedLibrary);
  on('service', (event) => {
    services.value = [...services.value.filter(({ service }) => service !== event.service), event];
    if (event.state === 'running') return;
    if (event.service === 'bench') benchEnded(event.error);
    if (event.error) report(event.error);
    // The next call starts it anew: what it knew then is asked for.
    void attempt(load);
  });
  onConnection((connected) => {
    isConnected.value = connected;
    if (connected) void attempt(load);
  });
}
