import { join } from 'node:path';
import { toHex } from '@adiabit/simulator/bits';
import { bitstreamDigest } from '@adiabit/simulator/bitstream';
import { DeviceSession, type Transport } from '@adiabit/sdk/device';
import {
  Mailbox,
  newSession,
  publishBlob,
  runGateway,
  type BoardPort,
  type Connection,
  type Desired,
  type GatewayOptions,
  type Reported,
} from '@adiabit/sdk/fleet';
import { HostDevice } from './host-device.js';

/** Makes a port behind which the real firmware runs as a process, with its flash in a file of the folder. */
export const hostPort = (
  folder: string,
  name: string,
  wrap: (transport: Transport) => Transport = (transport) => transport,
): BoardPort => ({
  path: name,
  mayBeStranger: false,
  open: async (signal) => {
    const transport = wrap(new HostDevice(join(folder, `${name}.flash`)));
    try {
      return await DeviceSession.open(transport, { signal, patience: 5 });
    } catch (error) {
      await transport.close();
      throw error;
    }
  },
});

/** The circuit that a file without a manifest holds. */
export const circuitOf = (file: Uint8Array): string => toHex(bitstreamDigest(file));

/** What is seen of a fleet, and a way to wish. */
export class FleetWatcher {
  readonly mailbox: Mailbox;
  readonly reported = new Map<string, Reported>();
  readonly #listeners = new Set<() => void>();
  #wishes = 0;

  private constructor(connection: Connection) {
    this.mailbox = new Mailbox(connection);
  }

  static async open(connection: Connection): Promise<FleetWatcher> {
    const watcher = new FleetWatcher(connection);
    await watcher.mailbox.subscribe('reported', {}, ({ ids, payload }) => {
      if (payload === undefined) watcher.reported.delete(ids.chip);
      else watcher.reported.set(ids.chip, payload);
      for (const listener of [...watcher.#listeners]) listener();
    });
    return watcher;
  }

  /** Waits until what is reported fulfils a condition. */
  until(
    condition: (reported: ReadonlyMap<string, Reported>) => boolean,
    what: string,
    limitMs = 60_000,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`Not in time: ${what}. ${JSON.stringify([...this.reported], undefined, 1)}`));
      }, limitMs);
      const look = (): void => {
        if (!condition(this.reported)) return;
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }

  /** Waits until so many boards are there. */
  boards = async (count: number): Promise<readonly string[]> => {
    await this.until((reported) => [...reported.values()].filter(({ present }) => present).length >= count, 'boards');
    return [...this.reported].filter(([, { present }]) => present).map(([chip]) => chip);
  };

  /** Wishes that boards run the circuit of a file. */
  async wish(chips: readonly string[], file: Uint8Array, more: Partial<Desired> = {}): Promise<string> {
    const blob = await publishBlob(this.mailbox, file);
    return this.wishFor(chips, { circuit: circuitOf(file), blob, ...more });
  }

  async wishFor(chips: readonly string[], wish: Omit<Desired, 'version' | 'id'>): Promise<string> {
    const id = `wish-${++this.#wishes}`;
    for (const chip of chips) await this.mailbox.publish('desired', { chip }, { version: 1, id, ...wish });
    return id;
  }

  /** Waits until boards have done with a wish. */
  ended(chips: readonly string[], wish: string): Promise<void> {
    return this.until(
      (reported) =>
        chips.every((chip) => reported.get(chip)?.outcome?.wish === wish && reported.get(chip)?.current === undefined),
      `the end of ${wish}`,
    );
  }

  async outcomes(chips: readonly string[], wish: string): Promise<readonly string[]> {
    await this.ended(chips, wish);
    return chips.map((chip) => {
      const { result, error } = this.reported.get(chip)!.outcome!;
      return error === undefined ? result : `${result} ${error.code}`;
    });
  }
}

/** A gateway that runs in this process. */
export interface RunningGateway {
  /** Resolves with what went wrong, when it has ended. */
  readonly ended: Promise<unknown>;
  stop(): Promise<unknown>;
}

/** Starts a gateway over ports. */
export function startGateway(
  id: string,
  options: Omit<GatewayOptions, 'identity' | 'signal' | 'ports'> & {
    readonly ports: readonly BoardPort[] | GatewayOptions['ports'];
  },
): RunningGateway {
  const stop = new AbortController();
  const { ports } = options;
  const ended = runGateway({
    scanMs: 50,
    heartbeatMs: 300,
    ...options,
    ports: typeof ports === 'function' ? ports : () => Promise.resolve(ports),
    identity: { id, session: newSession(Date.now()) },
    signal: stop.signal,
  });
  const outcome = ended.then(
    () => undefined,
    (error: unknown) => error,
  );
  return {
    ended: outcome,
    stop: () => {
      stop.abort();
      return outcome;
    },
  };
}
