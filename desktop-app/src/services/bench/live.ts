import { AppError } from '@adiabit/simulator/errors';
import { decodeBitstream, packInput, type Bitstream } from '@adiabit/simulator/bitstream';
import type { Handlers } from '../../common/contract.js';
import type { DeviceInference, LayerValues } from '../../common/contract/live.js';
import { int32Bytes } from '../../common/int32-bytes.js';
import { readLibraryFile } from '../library-files.js';
import type { BenchDevice } from './device.js';
import type { FlashJobs } from './flash-jobs.js';
import type { Roster } from './roster.js';
import type { Sensor } from './sensor.js';

interface Bench {
  readonly stateFolder: string;
  readonly roster: Roster;
  readonly jobs: FlashJobs;
  readonly sensor: Sensor;
}

/** What the bench does for Live: has devices classify, and listens to a sensor. */
export function liveHandlers({
  stateFolder,
  roster,
  jobs,
  sensor,
}: Bench): Pick<Handlers<'bench'>, 'askDevice' | 'askDeviceLayers' | 'readFromDevice' | 'openSensor' | 'closeSensor'> {
  let last: { readonly entry: string; readonly bitstream: Promise<Bitstream> } | undefined;
  const bitstreamOf = (entry: string): Promise<Bitstream> => {
    if (last?.entry !== entry) last = { entry, bitstream: readLibraryFile(stateFolder, entry).then(decodeBitstream) };
    return last.bitstream;
  };
  return {
    askDevice: async ({ device: id, entry, input }) => {
      const device = roster.find(id);
      checkRuns(device, entry, jobs);
      return askDevice(device, await bitstreamOf(entry), input);
    },
    askDeviceLayers: async ({ device: id, entry, input }) => {
      const device = roster.find(id);
      checkRuns(device, entry, jobs);
      return askLayers(device, await bitstreamOf(entry), input);
    },
    readFromDevice: async ({ device: id }) => {
      const device = roster.find(id);
      const { name, about } = device.describe();
      const slot = about?.activeSlot;
      if (slot === undefined)
        throw new AppError('not-now', `${name} runs no circuit. Flash one first.`, { device: id });
      return device.work((session, progress) =>
        session.readSlot(slot, { onProgress: ({ done, total }) => progress(done, total) }),
      );
    },
    openSensor: async ({ path, baudRate }) => {
      checkFree(path, roster);
      await sensor.open(path, baudRate);
      return undefined;
    },
    closeSensor: async () => {
      await sensor.close();
      return undefined;
    },
  };
}

async function askDevice(device: BenchDevice, { network }: Bitstream, input: Uint8Array): Promise<DeviceInference> {
  const packed = packInput(input, network.input.count, network.input.bits);
  const session = await device.session();
  const startMs = performance.now();
  const { class: answer, outputs, counter } = await session.infer(packed);
  return { class: answer, outputs: [...outputs], counter, roundTripMs: performance.now() - startMs };
}

/** Asks for every layer; the device runs the network up to each of them. */
async function askLayers(device: BenchDevice, bitstream: Bitstream, input: Uint8Array): Promise<LayerValues> {
  const session = await device.session();
  if (!session.canInspect) return {};
  const { layers, input: takes } = bitstream.network;
  const packed = packInput(input, takes.count, takes.bits);
  const values: Uint8Array[] = [];
  for (const layer of layers.keys()) values.push(int32Bytes(await session.layerValues(bitstream, packed, layer)));
  return { layers: values };
}

/** @throws AppError `app.not-now` if it is being written, or runs another bitstream */
function checkRuns(device: BenchDevice, entry: string, jobs: FlashJobs): void {
  const { id, name, about } = device.describe();
  if (jobs.list().some((job) => job.device === id && job.state === 'running')) {
    throw new AppError('not-now', `${name} is being written. It answers again when that is done.`, { device: id });
  }
  const active = about?.activeSlot === undefined ? undefined : about.slots.at(about.activeSlot)?.digest;
  if (active === entry) return;
  const runs = active === undefined ? 'no circuit' : 'another circuit';
  throw new AppError('not-now', `${name} runs ${runs}. Flash this one to compare it with its simulation.`, {
    device: id,
  });
}

/** @throws AppError `app.not-now` for the port of a device that is talked to */
function checkFree(path: string, roster: Roster): void {
  const holder = roster.describe().find((one) => one.path === path && ['live', 'busy'].includes(one.state.kind));
  if (holder === undefined) return;
  const message = `${path} is the port of ${holder.name}. Release it first, or name the port of the sensor.`;
  throw new AppError('not-now', message, { device: holder.id });
}
