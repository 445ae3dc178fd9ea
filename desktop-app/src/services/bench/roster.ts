import { AppError } from '@adiabit/simulator/errors';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { boardNamed, readyBoards } from '@adiabit/sdk/boards';
import {
  decodeRecording,
  freshVirtualPorts,
  listPorts,
  VIRTUAL_PREFIX,
  type PortDescription,
  type Recording,
} from '@adiabit/sdk/device';
import { exists, makeFolder } from '@adiabit/sdk/files';
import type { Device, EmulatedBoardKind } from '../../common/contract/devices.js';

import type { ServiceStart } from '../serve.js';
import { StateFile } from '../state-file.js';
import { BenchDevice, type DevicePlace } from './device.js';
import type { Log } from './log.js';

const benchSchema = z.object({
  /** Emulated boards, by the number in their id. */
  emulated: z.array(z.object({ number: z.number().int(), board: z.string() })),
  /** Ports that were named by hand. */
  ports: z.array(z.string()),
  /** Names that people gave, by the id of the device and by that of its chip. */
  names: z.record(z.string(), z.string()),
  /** Devices that answered once: they are asked without a click. */
  known: z.array(z.string()),
});

const NOTHING: z.infer<typeof benchSchema> = { emulated: [], ports: [], names: {}, known: [] };

/** How often and with what pause a device that has come back is asked. */
const ARRIVAL_TRIES = 3;
const ARRIVAL_MS = 1000;

/** Ports of the operating system. A test gives its own. */
export type ListPorts = () => Promise<readonly PortDescription[]>;

const systemPorts: ListPorts = async () => (await listPorts()).ports.filter(({ kind }) => kind === 'serial');

/**
 * All devices of the bench: what is plugged in, what was, and the emulated boards. A port that has never been ours is not asked by
 * itself, because saying hello to a stranger may do it harm.
 */
export class Roster {
  readonly #start: ServiceStart;
  readonly #log: Log;
  readonly #onChange: () => void;
  readonly #kept: StateFile<typeof benchSchema>;
  readonly #list: ListPorts;
  readonly #devices = new Map<string, BenchDevice>();
  #recordings = 0;

  private constructor(
    start: ServiceStart,
    log: Log,
    onChange: () => void,
    kept: StateFile<typeof benchSchema>,
    list: ListPorts,
  ) {
    this.#start = start;
    this.#log = log;
    this.#onChange = onChange;
    this.#kept = kept;
    this.#list = list;
  }

  static async open(start: ServiceStart, log: Log, onChange: () => void, list = systemPorts): Promise<Roster> {
    const kept = await StateFile.open(join(start.stateFolder, 'bench.json'), benchSchema, NOTHING);
    const roster = new Roster(start, log, onChange, kept, list);
    for (const { number, board } of kept.value.emulated) roster.#addEmulated(number, board);
    for (const path of kept.value.ports) roster.#addSerial({ path, kind: 'serial', name: path });
    return roster;
  }

  describe(): readonly Device[] {
    return [...this.#devices.values()].map((device) => device.describe());
  }

  /** @throws AppError `app.not-found` */
  find(id: string): BenchDevice {
    const device = this.#devices.get(id);
    if (device) return device;
    throw new AppError('not-found', 'This device is not in the list any more.', { device: id });
  }

  /** @throws AppError `app.not-found` for what is no emulated board */
  emulated(id: string): BenchDevice {
    const device = this.find(id);
    if (device.place.kind === 'emulated') return device;
    throw new AppError('not-found', `${device.place.name} is no emulated board.`, { device: id });
  }

  emulatedBoards(): readonly EmulatedBoardKind[] {
    return readyBoards(this.#start.boardsFolder)
      .filter(({ emulator }) => emulator !== undefined)
      .map(({ id, name }) => ({ board: id, name }));
  }

  /** Connects, and remembers those that answer. */
  async connect(device: BenchDevice): Promise<void> {
    await device.connect();
    this.#joinChip(device);
    const { known } = this.#kept.value;
    if (device.state.kind === 'live' && !known.includes(device.place.id)) {
      await this.#kept.set({ ...this.#kept.value, known: [...known, device.place.id] });
    }
  }

  async startEmulated(board: string): Promise<BenchDevice> {
    boardNamed(board, this.#start.boardsFolder);
    const { emulated } = this.#kept.value;
    const number = 1 + Math.max(0, ...emulated.map((one) => one.number));
    await makeFolder(join(this.#start.stateFolder, 'emulated'));
    await this.#kept.set({ ...this.#kept.value, emulated: [...emulated, { number, board }] });
    const device = this.#addEmulated(number, board);
    await this.connect(device);
    return device;
  }

  async removeEmulated(device: BenchDevice): Promise<void> {
    const { id } = device.place;
    await device.unplug();
    this.#devices.delete(id);
    const { emulated } = this.#kept.value;
    await this.#kept.set({ ...this.#kept.value, emulated: emulated.filter(({ number }) => emulatedId(number) !== id) });
    await rm(this.#flashFile(Number(id.split(':')[1])), { force: true });
    this.#onChange();
  }

  /** Adds a port that the operating system does not list, and asks it. */
  async addPort(path: string): Promise<BenchDevice> {
    const known = [...this.#devices.values()].find(({ place }) => place.path === path && place.kind === 'serial');
    const device = known ?? this.#addSerial({ path, kind: 'serial', name: path });
    if (known === undefined) await this.#kept.set({ ...this.#kept.value, ports: [...this.#kept.value.ports, path] });
    await this.connect(device);
    return device;
  }

  /** Lets ports go for somebody else. @returns the function that takes them again */
  async freePorts(paths: readonly (string | undefined)[]): Promise<() => Promise<void>> {
    const held = [...this.#devices.values()].filter(
      ({ place, state }) => place.kind === 'serial' && state.kind === 'live' && paths.includes(place.path),
    );
    await Promise.all(held.map((device) => device.release()));
    return async () => {
      await Promise.all(held.map((device) => this.connect(device)));
    };
  }

  /** Puts a recording on the bench. @throws FormatError as `decodeRecording` does */
  async openRecording(fileName: string, text: string): Promise<BenchDevice> {
    const recording = decodeRecording(text);
    const id = `recorded:${++this.#recordings}`;
    const device = this.#add(
      { id, name: `${recording.device}, recorded`, kind: 'recorded', path: fileName },
      {},
      recording,
    );
    await device.connect();
    return device;
  }

  /** @throws AppError `app.not-found` for what is no recording */
  async closeRecording(id: string): Promise<void> {
    const device = this.find(id);
    if (device.place.kind !== 'recorded')
      throw new AppError('not-found', `${device.name} is no recording.`, { device: id });
    await device.release();
    this.#devices.delete(id);
    this.#onChange();
  }

  async rename(device: BenchDevice, name: string): Promise<void> {
    device.rename(name);
    const { names } = this.#kept.value;
    const keys = [device.place.id, ...(device.chipId === undefined ? [] : [chipKey(device.chipId)])];
    await this.#kept.set({
      ...this.#kept.value,
      names: { ...names, ...Object.fromEntries(keys.map((key) => [key, name])) },
    });
  }

  /** Looks which ports are there. Those that are new and known are asked; those that are gone are said so. */
  async scan(): Promise<void> {
    const ports = await this.#list();
    const there = new Set(ports.map(idOfPort));
    const byHand = new Set(this.#kept.value.ports.map((path) => idOfPort({ path, kind: 'serial', name: path })));
    for (const port of ports) {
      const id = idOfPort(port);
      const known = this.#devices.get(id);
      if (known !== undefined && known.state.kind !== 'gone') continue;
      // A board on another port is the same device with a new path.
      if (known !== undefined && known.place.path !== port.path) this.#devices.delete(id);
      void this.#return(this.#devices.get(id) ?? this.#addSerial(port));
    }
    for (const device of this.#devices.values()) {
      const { id, kind, path } = device.place;
      if (kind !== 'serial' || there.has(id)) continue;
      const isGone = device.state.kind === 'gone';
      if (!byHand.has(id)) {
        if (!isGone) void device.unplug();
        // The system does not list these: whether one is there again is seen by its path.
      } else if (isGone && (await exists(path))) void this.#return(device);
    }
  }

  /**
   * Notes that a device is plugged in, and asks it if it is known as one of ours. It is asked again if need be: a board starts, and a
   * system gives permissions and probes for modems, while the port is there already.
   */
  async #return(device: BenchDevice): Promise<void> {
    await device.plugIn();
    if (!this.#kept.value.known.includes(device.place.id)) return;
    const isRefused = (): boolean => device.state.kind === 'refused';
    for (let tries = 0; tries < ARRIVAL_TRIES; tries++) {
      await this.connect(device);
      if (!isRefused()) return;
      await wait(ARRIVAL_MS, undefined, { ref: false });
      if (!isRefused()) return;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#devices.values()].map((device) => device.release().catch(() => undefined)));
  }

  #addEmulated(number: number, board: string): BenchDevice {
    const entry = readyBoards(this.#start.boardsFolder).find(({ id }) => id === board);
    const place = {
      id: emulatedId(number),
      name: `${entry?.name ?? board} ${number}`,
      kind: 'emulated',
      path: `${VIRTUAL_PREFIX}${board}`,
    } as const;
    // Ports of its own: several boards of one kind live side by side, each with its flash in a file.
    const virtualPorts = freshVirtualPorts(this.#start.boardsFolder);
    return this.#add(place, { virtualPorts, baudRate: entry?.baudRate ?? 0, flashFile: this.#flashFile(number) });
  }

  #addSerial(port: PortDescription): BenchDevice {
    const { path, name, vendorId, productId, serialNumber } = port;
    return this.#add(
      {
        id: idOfPort(port),
        name,
        kind: 'serial',
        path,
        ...(vendorId === undefined ? {} : { vendorId }),
        ...(productId === undefined ? {} : { productId }),
        ...(serialNumber === undefined ? {} : { serialNumber }),
      },
      {},
    );
  }

  #add(
    place: DevicePlace,
    port: ConstructorParameters<typeof BenchDevice>[0]['port'],
    recording?: Recording,
  ): BenchDevice {
    const device = new BenchDevice({
      place: { ...place, name: this.#kept.value.names[place.id] ?? place.name },
      port,
      recording,
      boardsFolder: this.#start.boardsFolder,
      log: (entry) => this.#log.add(entry, place.id),
      onChange: this.#onChange,
    });
    this.#devices.set(place.id, device);
    this.#onChange();
    return device;
  }

  /** A chip that was known on another port keeps its name; its old entry goes. */
  #joinChip(device: BenchDevice): void {
    const { chipId } = device;
    if (chipId === undefined || device.place.kind === 'emulated') return;
    const { names } = this.#kept.value;
    if (Object.hasOwn(names, chipKey(chipId))) device.rename(names[chipKey(chipId)]);
    for (const [id, other] of this.#devices) {
      const isOld = other !== device && other.chipId === chipId && other.state.kind === 'gone';
      if (isOld) this.#devices.delete(id);
    }
    this.#onChange();
  }

  #flashFile = (number: number): string => join(this.#start.stateFolder, 'emulated', `${number}.flash`);
}

const emulatedId = (number: number): string => `emulated:${number}`;
const chipKey = (chipId: string): string => `chip:${chipId}`;

/** Tells adapters apart by their serial numbers; those without one by where they are plugged in. */
const idOfPort = ({ path, vendorId, productId, serialNumber }: PortDescription): string =>
  serialNumber === undefined ? `port:${path}` : `usb:${vendorId ?? ''}:${productId ?? ''}:${serialNumber}`;
