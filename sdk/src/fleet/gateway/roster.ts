import { AdiabitError, CancelledError } from '@adiabit/simulator/errors';
import type { DeviceSession } from '../../device/index.js';
import type { GatewayState } from '../contract/gateway.js';
import { FleetError } from '../errors.js';
import { errorRecord } from './after-failure.js';
import { BoardWorker } from './board-worker.js';
import type { GatewayContext } from './context.js';
import type { BoardPort } from './ports.js';

/** A port whose board is not looked after now. */
interface Refusal {
  readonly code: string;
  readonly message: string;
  /** When it may be tried again; undefined for never, as long as it is there. */
  readonly againMs: number | undefined;
  readonly failures: number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/** The boards of a gateway: opens ports that come, and tells boards apart by their chips. */
export class Roster {
  readonly #context: GatewayContext;
  readonly #onChange: () => void;
  readonly #workers = new Map<string, { readonly worker: BoardWorker; readonly ended: Promise<void> }>();
  readonly #opening = new Map<string, Promise<void>>();
  readonly #refusals = new Map<string, Refusal>();

  constructor(context: GatewayContext, onChange: () => void) {
    this.#context = context;
    this.#onChange = onChange;
  }

  /** The chips of the boards that are present. */
  get chips(): readonly string[] {
    return [...this.#workers.values()].map(({ worker }) => worker.chip);
  }

  get refused(): GatewayState['refused'] {
    return [...this.#refusals].map(([port, { code, message }]) => ({ port: port.slice(-256), code, message }));
  }

  /** Takes the ports that are there now: opens new ones, and forgets what it knew of those that are gone. */
  update(ports: readonly BoardPort[]): void {
    const gone = [...this.#refusals.keys()].filter((path) => !ports.some((port) => port.path === path));
    for (const path of gone) this.#refusals.delete(path);
    if (gone.length > 0) {
      // A board may have had a twin that is gone.
      for (const [path, { code }] of this.#refusals) if (code === SAME_CHIP) this.#refusals.delete(path);
      this.#onChange();
    }
    for (const port of ports) if (this.#isDue(port.path)) this.#opening.set(port.path, this.#open(port));
  }

  /** Has every board say again what it said last. */
  reportAll(): void {
    for (const { worker } of this.#workers.values()) worker.report();
  }

  /** Waits until all ports are closed, which they are when the signal of the gateway has fired. */
  async ended(): Promise<void> {
    await Promise.all(this.#opening.values());
    await Promise.all([...this.#workers.values()].map(({ ended }) => ended));
  }

  #isDue(path: string): boolean {
    if (this.#workers.has(path) || this.#opening.has(path)) return false;
    const refusal = this.#refusals.get(path);
    if (refusal === undefined) return true;
    return refusal.againMs !== undefined && refusal.againMs <= this.#context.clock.now();
  }

  async #open(port: BoardPort): Promise<void> {
    const { signal } = this.#context;
    let session: DeviceSession | undefined;
    try {
      session = await port.open(signal);
      const chip = await this.#chipOf(session, port);
      this.#lookAfter(new BoardWorker(chip, port.path, session, this.#context), session);
    } catch (error) {
      await session?.close();
      if (!(error instanceof CancelledError)) this.#refuse(port, error);
    } finally {
      this.#opening.delete(port.path);
    }
  }

  /** @throws FleetError `fleet.no-chip-id`, `fleet.same-chip` */
  async #chipOf(session: DeviceSession, { path }: BoardPort): Promise<string> {
    const { chipId, boardId } = session.device;
    if (chipId === undefined) {
      const message = `The ${boardId} on ${path} has no chip id, and a fleet tells boards apart by it. Flash it by "adiabit flash".`;
      throw new FleetError('no-chip-id', message, { port: path, board: boardId });
    }
    const twin = [...this.#workers.values()].find(({ worker }) => worker.chip === chipId);
    if (twin === undefined) return chipId;
    // The board may have moved, faster than its old port was missed.
    if (!(await twin.worker.isAlive())) {
      twin.worker.stop();
      await twin.ended;
      return chipId;
    }
    const error = sameChip(chipId, twin.worker.path, path);
    this.#refusals.set(twin.worker.path, refusalOf(error, undefined, 1));
    twin.worker.stop();
    await twin.ended;
    throw error;
  }

  #lookAfter(worker: BoardWorker, session: DeviceSession): void {
    const { observer } = this.#context;
    this.#refusals.delete(worker.path);
    observer.onArrived?.(worker.chip, worker.path);
    const work = async (): Promise<void> => {
      let why: unknown;
      try {
        await worker.run();
      } catch (error) {
        why = error;
      }
      await session.close();
      this.#workers.delete(worker.path);
      if (why !== undefined)
        this.#refusals.set(worker.path, refusalOf(why, this.#context.clock.now() + FIRST_WAIT_MS, 1));
      observer.onLost?.(worker.chip, worker.path);
      this.#onChange();
      await worker.settled();
    };
    this.#workers.set(worker.path, { worker, ended: work() });
    this.#onChange();
  }

  #refuse(port: BoardPort, error: unknown): void {
    const { clock, observer } = this.#context;
    const failures = (this.#refusals.get(port.path)?.failures ?? 0) + 1;
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
    const isForGood = error instanceof FleetError || (port.mayBeStranger && isStranger(error));
    const refusal = refusalOf(error, isForGood ? undefined : clock.now() + waitMs, failures);
    const isNews = this.#refusals.get(port.path)?.code !== refusal.code;
    this.#refusals.set(port.path, refusal);
    if (isNews) observer.onRefused?.(port.path, refusal.code, refusal.message);
    if (isNews) this.#onChange();
  }
}

const SAME_CHIP = 'fleet.same-chip';

/** What does not answer as a board does. */
const STRANGE_CODES: ReadonlySet<string> = new Set(['transport.timeout', 'protocol.unexpected-reply']);
const isStranger = (error: unknown): boolean => error instanceof AdiabitError && STRANGE_CODES.has(error.code);

const refusalOf = (error: unknown, againMs: number | undefined, failures: number): Refusal => ({
  ...errorRecord(error),
  againMs,
  failures,
});

const sameChip = (chip: string, one: string, other: string): FleetError =>
  new FleetError(
    'same-chip',
    `The boards on ${one} and ${other} have one chip id, ${chip}: neither is looked after. Unplug one of them.`,
    { chip, ports: [one, other] },
  );
