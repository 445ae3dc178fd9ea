import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '@adiabit/simulator/bits';
import { DeviceSession, flash } from '@adiabit/sdk/device';
import type { Health } from '../support/fleet-firmware.js';
import { HostDevice } from '../support/host-device.js';
import type { SampleCircuit } from '../support/sample-circuits.js';
import type { FleetDevice } from './fleet-process.js';

export interface Device extends FleetDevice {
  readonly health: Health;
}

/** A circuit by its digest. */
export interface FleetCircuit extends SampleCircuit {
  readonly digest: string;
}

/** How a device is found in the end, on its own line: with a circuit that it boots, whole, and answers by; or not. */
export type Ending = 'before' | 'after' | 'bricked' | 'unknown';

const PATIENCE = 20;
const COPIES_AT_ONCE = 32;

/** Makes devices that all have one circuit confirmed: it is put on one, whose flash the others get. */
export async function makeDevices(
  folder: string,
  healths: readonly Health[],
  programs: Readonly<Record<Health, string>>,
  circuit: SampleCircuit,
): Promise<readonly Device[]> {
  const first = join(folder, 'first.flash');
  const session = await DeviceSession.open(new HostDevice(first, programs.well), { patience: PATIENCE });
  await flash(session, circuit.bytes);
  await session.close();
  const devices = healths.map((health, index): Device => {
    const name = `device-${String(index).padStart(4, '0')}`;
    return { name, health, flashFile: join(folder, `${name}.flash`), program: programs[health] };
  });
  await inPieces(devices, ({ flashFile }) => copyFile(first, flashFile));
  return devices;
}

/** Looks at every device by itself: which circuit it boots, and whether it answers by it. */
export const endingsOf = (devices: readonly Device[], before: FleetCircuit, after: FleetCircuit) =>
  inPieces(devices, (device) => endingOf(device, before, after));

async function endingOf(
  { flashFile, program, health }: Device,
  before: FleetCircuit,
  after: FleetCircuit,
): Promise<Ending> {
  const session = await DeviceSession.open(new HostDevice(flashFile, program), { patience: PATIENCE });
  try {
    const { activeSlot } = session.device;
    const slot = activeSlot === undefined ? undefined : (await session.slots())[activeSlot];
    if (slot?.state !== 'confirmed') return 'bricked';
    const isBefore = toHex(slot.digest) === before.digest;
    if (!isBefore && toHex(slot.digest) !== after.digest) return 'unknown';
    const { inputs, outputs } = isBefore ? before : after;
    const answer = await session.infer(inputs[0]);
    // A bad board answers wrong whatever it runs; that it runs nothing new is what counts.
    if (health === 'well' && answer.outputs.join() !== outputs[0].join()) return 'unknown';
    return isBefore ? 'before' : 'after';
  } finally {
    await session.close();
  }
}

async function inPieces<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < all.length; at += COPIES_AT_ONCE)
    results.push(...(await Promise.all(all.slice(at, at + COPIES_AT_ONCE).map(work))));
  return results;
}
