import type { Handlers } from '../../common/contract.js';
import type { Emit, ServiceStart } from '../serve.js';
import { readLibraryFile } from '../library-files.js';
import { firmwareBoards, FirmwareWriter } from './firmware.js';
import { fitOf, FlashJobs } from './flash-jobs.js';
import { liveHandlers } from './live.js';
import { Log } from './log.js';
import { Roster, type ListPorts } from './roster.js';
import { Sensor } from './sensor.js';
import { throttle } from '../throttle.js';

/** How often ports are listed: a board that is plugged in shows within a second. */
const SCAN_MS = 700;
/** How often the page is told of devices and jobs, however fast they change. */
const TELL_MS = 50;

/** Opens the bench: all devices, what is written to them, and the log. */
export async function openBench(
  start: ServiceStart,
  emit: Emit,
  list?: ListPorts,
): Promise<{ readonly handlers: Handlers<'bench'>; close(): Promise<void> }> {
  const log = new Log((entries) => emit('log', entries));
  const opening: Promise<Roster> = Roster.open(start, log, () => tellDevices.call(), list);
  const tellDevices = throttle(TELL_MS, () => void opening.then((opened) => emit('devices', opened.describe())));
  const tellJobs = throttle(TELL_MS, () => emit('flashJobs', jobs.list()));
  const jobs: FlashJobs = new FlashJobs(tellJobs.call);
  const firmware = new FirmwareWriter((job) => emit('firmwareJob', job));
  const roster = await opening;
  const sensor = new Sensor(emit);
  const scan = (): Promise<void> =>
    roster.scan().catch((error: unknown) => log.add({ kind: 'error', what: 'ports', fields: String(error) }));
  await scan();
  let timer = setTimeout(function again() {
    // The next one begins when this one is over: a system may take longer to list its ports.
    void scan().then(() => (timer = setTimeout(again, SCAN_MS)));
  }, SCAN_MS);
  for (const device of roster.describe()) {
    if (device.kind === 'emulated') void roster.connect(roster.find(device.id));
  }

  const handlers: Handlers<'bench'> = {
    listDevices: () => roster.describe(),
    listEmulatedBoards: () => roster.emulatedBoards(),
    connectDevice: async ({ device }) => {
      await roster.connect(roster.find(device));
      return roster.find(device).describe();
    },
    releaseDevice: async ({ device }) => {
      await roster.find(device).release();
      return undefined;
    },
    renameDevice: async ({ device, name }) => {
      await roster.rename(roster.find(device), name);
      return undefined;
    },
    addPort: async ({ path }) => (await roster.addPort(path)).describe(),
    startEmulatedBoard: async ({ board }) => (await roster.startEmulated(board)).describe(),
    removeEmulatedBoard: async ({ device }) => {
      await roster.removeEmulated(roster.emulated(device));
      return undefined;
    },
    unplugEmulatedBoard: async ({ device }) => {
      await roster.emulated(device).unplug();
      return undefined;
    },
    plugInEmulatedBoard: async ({ device }) => {
      const board = roster.emulated(device);
      await board.plugIn();
      await roster.connect(board);
      return board.describe();
    },
    listFlashJobs: () => jobs.list(),
    checkFit: async ({ device, bitstream }) =>
      fitOf(roster.find(device), await readLibraryFile(start.stateFolder, bitstream)),
    isWriting: () => jobs.isWriting,
    flash: async ({ devices, bitstream, slot }) => {
      const targets = devices.map((id) => roster.find(id));
      const bytes = await readLibraryFile(start.stateFolder, bitstream);
      return targets.map((device) => jobs.start(device, bitstream, bytes, slot));
    },
    cancelFlash: ({ job }) => {
      jobs.cancel(job);
      return undefined;
    },
    listFirmwareBoards: () => firmwareBoards(start.boardsFolder),
    lastFirmwareJob: () => firmware.job,
    writeFirmware: (options) => {
      const boards = start.boardsFolder === undefined ? {} : { boards: start.boardsFolder };
      firmware.start({ ...options, ...boards }, () => roster.freePorts([options.port, options.helloPort]));
      return undefined;
    },
    cancelFirmware: () => {
      firmware.cancel();
      return undefined;
    },
    readLog: ({ from }) => log.from(from),
    startRecording: async ({ device }) => {
      await roster.find(device).startRecording();
      return undefined;
    },
    stopRecording: ({ device }) => {
      const text = roster.find(device).stopRecording();
      return { fileName: `${roster.find(device).name.replaceAll(/[^\w-]+/g, '-')}.recording.jsonl`, text };
    },
    openRecording: async ({ fileName, text }) => (await roster.openRecording(fileName, text)).describe(),
    closeRecording: async ({ device }) => {
      await roster.closeRecording(device);
      return undefined;
    },
    exportLog: () => log.text(),
    ...liveHandlers({ stateFolder: start.stateFolder, roster, jobs, sensor }),
  };
  return {
    handlers,
    close: async () => {
      clearTimeout(timer);
      for (const one of [tellDevices, tellJobs]) one.stop();
      log.close();
      await sensor.close().catch(() => undefined);
      await roster.close();
    },
  };
}
