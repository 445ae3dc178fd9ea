import { AdiabitError, AppError } from '@adiabit/simulator/errors';
import { readBoards } from '@adiabit/sdk/boards';
import {
  DeviceSession,
  encodeRecording,
  openAtKnownRate,
  Recorder,
  replayTransport,
  type Recording,
  type Transport,
  TransportError,
  type DeviceDescription,
  type PortOptions,
  type SlotDescription,
} from '@adiabit/sdk/device';
import type { AboutDevice, Device, DeviceState } from '../../common/contract/devices.js';
import { CallError, failureOf } from '../../common/failure.js';
import { MAX_RECORDED_BYTES } from '../../common/limits.js';
import { aboutOf } from './about.js';
import { Cable, type LineWatcher } from './cable.js';
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
  /** Answers in place of a port. */
  readonly recording?: Recording | undefined;
  readonly boardsFolder?: string | undefined;
  readonly log: (entry: NewEntry) => void;
  /** Called whenever anything of it has changed. */
  readonly onChange: () => void;
}

/** What a device said when it was last asked. */
interface Told {
  readonly description: DeviceDescription;
  readonly slots: readonly SlotDescription[];
}

/** A device on the bench: its port, the session with it while it is open, and what it last said. */
export class BenchDevice {
  readonly #options: BenchDeviceOptions;
  #name: string;
  #state: DeviceState = { kind: 'unasked' };
  #about: AboutDevice | undefined;
  #told: Told | undefined;
  #cable: Cable | undefined;
  #session: DeviceSession | undefined;
  #connecting: Promise<void> | undefined;
  #unplugging: Promise<void> | undefined;
  #recorder: Recorder | undefined;

  constructor(options: BenchDeviceOptions) {
    this.#options = options;
    this.#name = options.place.name;
  }

  get place(): DevicePlace {
    return this.#options.place;
  }

  get name(): string {
    return this.#name;
  }

  get state(): DeviceState {
    return this.#state;
  }

  get chipId(): string | undefined {
    return this.#about?.chipId;
  }

  describe(): Device {
    const about = this.#about === undefined ? {} : { about: this.#about };
    return { ...this.place, name: this.#name, state: this.#state, isRecording: this.#recorder !== undefined, ...about };
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
   * Returns the session with the device, connecting if need be.
   * @throws as opening it did, if it does not answer; AppError `app.not-now` if it is unplugged
   */
  async session(): Promise<DeviceSession> {
    if (this.#state.kind !== 'gone') await this.connect();
    if (this.#session) return this.#session;
    throw this.#absence();
  }

  /** Returns what the device last said, without asking it. @throws if there is no connection, why */
  told(): Told {
    if (this.#session && this.#told) return this.#told;
    throw this.#absence();
  }

  /** Runs work on the device, shown as `busy` as soon as it says how far it is. */
  async work<T>(
    run: (session: DeviceSession, progress: (done: number, total: number) => void) => Promise<T>,
  ): Promise<T> {
    const session = await this.session();
    const isHere = (): boolean => this.#session === session;
    try {
      const result = await run(session, (done, total) => {
        if (isHere()) this.#enter({ kind: 'busy', done, total });
      });
      if (isHere()) await this.#askAgain();
      return result;
    } catch (error) {
      // What went wrong is told at once; what the device holds now, when it has said so.
      if (isHere()) void this.#askAgain();
      throw error;
    }
  }

  /** Asks again what it holds. @throws as DeviceSession does */
  async refresh(): Promise<void> {
    const session = await this.session();
    const description = await session.hello();
    const slots = await session.slots();
    this.#told = { description, slots };
    this.#about = aboutOf(
      description,
      slots,
      readBoards(this.#options.boardsFolder),
      this.#cable?.bytesPerSecond || undefined,
    );
    if (this.#session === session) this.#enter({ kind: 'live' });
  }

  /** Lets the port go. */
  async release(): Promise<void> {
    await this.#connecting;
    const session = this.#session;
    this.#session = undefined;
    this.#cable = undefined;
    await session?.close();
    if (this.#state.kind !== 'gone') this.#enter({ kind: 'unasked' });
  }

  /** Takes down what goes over its line from now on, from a hello on. @throws as `session` does */
  async startRecording(): Promise<void> {
    this.#recorder = new Recorder(this.#name, { maxBytes: MAX_RECORDED_BYTES });
    this.#options.onChange();
    // A recording that begins with a hello and the slots can be opened as a device.
    await this.refresh();
  }

  /** Ends the recording, and returns it as text. @throws AppError `app.not-now` if there is none */
  stopRecording(): string {
    const recorder = this.#recorder;
    if (recorder === undefined) {
      throw new AppError('not-now', `${this.#name} is not being recorded. Press Record first.`, {
        device: this.place.id,
      });
    }
    this.#recorder = undefined;
    this.#options.onChange();
    return encodeRecording(recorder.recording());
  }

  /** Takes it as unplugged: whoever talks to it is told at once. Resolves when its port is closed. */
  async unplug(): Promise<void> {
    const cable = this.#cable;
    this.#cable = undefined;
    this.#session = undefined;
    this.#enter({ kind: 'gone' });
    const before = this.#unplugging;
    this.#unplugging = Promise.all([before, cable?.pull(this.#name), this.#connecting]).then(
      () => undefined,
      () => undefined,
    );
    await this.#unplugging;
  }

  /** Notes that it is there again, once all is over that the unplugging ended. */
  async plugIn(): Promise<void> {
    await this.#unplugging;
    if (this.#state.kind === 'gone') this.#enter({ kind: 'unasked' });
  }

  async #open(): Promise<void> {
    const { log } = this.#options;
    this.#enter({ kind: 'connecting' });
    try {
      const session = await this.#hello();
      session.onClose((error) => {
        if (error === undefined || this.#session !== session) return;
        log({ kind: 'note', what: 'gone', fields: error.message });
        void this.unplug();
      });
      this.#session = session;
      await this.refresh();
    } catch (error) {
      await this.#refuse(error);
    }
  }

  /** Opens the line, and says hello on it. */
  async #hello(): Promise<DeviceSession> {
    const { place, port, boardsFolder, recording } = this.#options;
    const wrap = (line: Transport): Transport => this.#plugInto(new Cable(line, this.#watcher()));
    if (recording !== undefined) return DeviceSession.open(wrap(replayTransport(recording)));
    const boards = boardsFolder === undefined ? {} : { boards: boardsFolder };
    return (await openAtKnownRate(place.path, { ...port, ...boards, wrap })).session;
  }

  #watcher(): LineWatcher {
    const log = watchWire(this.#options.log);
    return {
      sent: (bytes) => {
        log.sent(bytes);
        this.#recorder?.add('host', bytes);
      },
      received: (bytes) => {
        log.received(bytes);
        this.#recorder?.add('device', bytes);
      },
    };
  }

  /** Takes a cable as the one to pull. It is pulled at once if the device went while its port was being opened. */
  #plugInto(cable: Cable): Cable {
    if (this.#state.kind === 'gone') void cable.pull(this.#name).catch(() => undefined);
    else this.#cable = cable;
    return cable;
  }

  /** Asks what it holds after work on it, and keeps the flash of an emulated one. A device that does not answer is refused. */
  async #askAgain(): Promise<void> {
    try {
      await this.refresh();
      await this.#options.port.virtualPorts?.keep(this.place.path);
    } catch (error) {
      // A line that broke under the work may be noticed here first.
      if (error instanceof TransportError && error.kind === 'disconnected') await this.unplug();
      else await this.#refuse(error);
    }
  }

  async #refuse(error: unknown): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#cable = undefined;
    await session?.close().catch(() => undefined);
    if (this.#state.kind === 'gone') return;
    const what = error instanceof Error ? error.message : String(error);
    this.#options.log({ kind: 'error', what: 'refused', fields: what });
    this.#enter({ kind: 'refused', error: failureOf(error), ...fixOf(error) });
  }

  /** Says why there is no connection, and what to do. */
  #absence(): Error {
    if (this.#state.kind === 'refused') return new CallError(this.#state.error);
    const todo = this.#state.kind === 'gone' ? 'is not plugged in. Plug it in' : 'is not connected. Connect it';
    return new AppError('not-now', `${this.#name} ${todo} first.`, { device: this.place.id });
  }

  #enter(state: DeviceState): void {
    this.#state = state;
    this.#options.onChange();
  }
}

/** The line to copy into a terminal, for what can be mended there. */
function fixOf(error: unknown): { readonly fix?: string } {
  if (!(error instanceof AdiabitError)) return {};
  const { fix } = error.details;
  return typeof fix === 'string' ? { fix } : {};
}
