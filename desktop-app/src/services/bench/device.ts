import { AdiabitError, AppError } from '@adiabit/simulator/errors';
import { toHex } from '@adiabit/simulator/bits';
import { readBoards, type Board } from '@adiabit/sdk/boards';
import {
  type DeviceSession,
  openAtKnownRate,
  type DeviceDescription,
  type PortOptions,
  type SlotDescription,
} from '@adiabit/sdk/device';
import type { AboutDevice, Device, DeviceState } from '../../common/contract/devices.js';
import { CallError, failureOf } from '../../common/failure.js';
import { Cable } from './cable.js';
import { watchWire, type NewEntry } from './wire-watcher.js';

/** What is known of a device before it is asked. */
export interface DevicePlace {
  readonly id: string;
  readonly name: string;
  readonly kind: Device['kind'];
  readonly path: string;
  readonly vendorId?: string;
  readonly productId?: string;
  readonly serialNumber?: string;
}

export interface BenchDeviceOptions {
  readonly place: DevicePlace;
  /** How its port is opened. */
  readonly port: Omit<PortOptions, 'wrap'>;
  readonly boardsFolder?: string | undefined;
  readonly log: (entry: NewEntry) => void;
  /** Called whenever anything of it has changed. */
  readonly onChange: () => void;
}

/** A device on the bench: its port, the session with it while it is open, and what it last said. */
export class BenchDevice {
  readonly #options: BenchDeviceOptions;
  #name: string;
  #state: DeviceState = { kind: 'unasked' };
  #about: AboutDevice | undefined;
  #cable: Cable | undefined;
  #session: DeviceSession | undefined;
  #connecting: Promise<void> | undefined;

  constructor(options: BenchDeviceOptions) {
    this.#options = options;
    this.#name = options.place.name;
  }

  get place(): DevicePlace {
    return this.#options.place;
  }

  get state(): DeviceState {
    return this.#state;
  }

  get chipId(): string | undefined {
    return this.#about?.chipId;
  }

  describe(): Device {
    const about = this.#about === undefined ? {} : { about: this.#about };
    return { ...this.place, name: this.#name, state: this.#state, ...about };
  }

  rename(name: string): void {
    this.#name = name;
    this.#options.onChange();
  }

  /** Says hello, and learns what it holds. What goes wrong is its state, not an error. */
  async connect(): Promise<void> {
    if (this.#session) return;
    this.#connecting ??= this.#open().finally(() => (this.#connecting = undefined));
    await this.#connecting;
  }

  /**
   * Returns the session with the device.
   * @throws as opening it did, if it does not answer
   */
  async session(): Promise<DeviceSession> {
    await this.connect();
    if (this.#session) return this.#session;
    if (this.#state.kind === 'refused') throw new CallError(this.#state.error);
    throw new AppError('not-now', `${this.#name} is not there. Plug it in first.`, { device: this.place.id });
  }

  /** Runs work on the device, shown as `busy` as soon as it says how far it is. */
  async work<T>(
    run: (session: DeviceSession, progress: (done: number, total: number) => void) => Promise<T>,
  ): Promise<T> {
    const session = await this.session();
    try {
      return await run(session, (done, total) => this.#enter({ kind: 'busy', done, total }));
    } finally {
      if (this.#session === session) await this.refresh().catch(() => undefined);
    }
  }

  /** Asks again what it holds. @throws as DeviceSession does */
  async refresh(): Promise<void> {
    const session = await this.session();
    const device = await session.hello();
    this.#about = aboutOf(device, await session.slots(), readBoards(this.#options.boardsFolder));
    this.#enter({ kind: 'live' });
  }

  /** Lets the port go. */
  async release(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
    this.#enter({ kind: 'unasked' });
  }

  /** Takes it as unplugged: whoever talks to it is told at once. */
  async unplug(): Promise<void> {
    const cable = this.#cable;
    this.#cable = undefined;
    this.#session = undefined;
    this.#enter({ kind: 'gone' });
    await cable?.pull().catch(() => undefined);
  }

  /** Notes that it is there again. */
  plugIn(): void {
    if (this.#state.kind === 'gone') this.#enter({ kind: 'unasked' });
  }

  async #open(): Promise<void> {
    const { place, port, boardsFolder, log } = this.#options;
    this.#enter({ kind: 'connecting' });
    let cable: Cable | undefined;
    try {
      const { session } = await openAtKnownRate(place.path, {
        ...port,
        ...(boardsFolder === undefined ? {} : { boards: boardsFolder }),
        wrap: (line) => (cable = new Cable(line, watchWire(log))),
      });
      session.onClose((error) => {
        if (error === undefined || this.#session !== session) return;
        log({ kind: 'note', what: 'gone', fields: error.message });
        void this.unplug();
      });
      this.#session = session;
      this.#cable = cable;
      await this.refresh();
    } catch (error) {
      const session = this.#session;
      this.#session = undefined;
      await session?.close().catch(() => undefined);
      if (this.#state.kind === 'gone') return;
      log({ kind: 'error', what: 'refused', fields: error instanceof Error ? error.message : String(error) });
      this.#enter({ kind: 'refused', error: failureOf(error), ...fixOf(error) });
    }
  }

  #enter(state: DeviceState): void {
    this.#state = state;
    this.#options.onChange();
  }
}

/** The line to copy into a terminal, for what can be mended there. */
function fixOf(error: unknown): { readonly fix?: string } {
  const isForbidden = error instanceof AdiabitError && error.code === 'transport.permission-denied';
  if (!isForbidden || process.platform !== 'linux') return {};
  return { fix: 'sudo usermod -a -G dialout $USER' };
}

function aboutOf(device: DeviceDescription, slots: readonly SlotDescription[], boards: readonly Board[]): AboutDevice {
  const board = boards.find(({ id }) => id === device.boardId);
  const version = ({ major, minor }: { major: number; minor: number }): string => `${major}.${minor}`;
  return {
    boardId: device.boardId,
    boardName: board?.name ?? device.boardId,
    firmware: version(device.firmware),
    protocol: version(device.protocol),
    layerKinds: device.layerKinds,
    slotBytes: device.slotBytes,
    workBytes: device.workBytes,
    counterUnit: device.counterUnit,
    counterHz: device.counterHz,
    checksSignatures: device.checksSignatures,
    ...(device.activeSlot === undefined ? {} : { activeSlot: device.activeSlot }),
    slots: slots.map(({ slot, state, totalBytes, sequence, digest }) => ({
      slot,
      state,
      totalBytes,
      sequence,
      ...(state === 'empty' ? {} : { digest: toHex(digest) }),
    })),
    ...(board === undefined
      ? {}
      : {
          mcu: board.mcu,
          clockHz: board.clockHz,
          flashBytes: board.flashBytes,
          slotsFrom: board.slotAddress - board.flashAddress,
        }),
  };
}
