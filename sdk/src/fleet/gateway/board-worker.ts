import { CancelledError } from '@adiabit/simulator/errors';
import { TransportError, type DeviceSession } from '../../device/index.js';
import type { Desired, Outcome, Progress, Reported, WishStep } from '../contract/board.js';
import { FleetError } from '../errors.js';
import { afterFailure, MAX_ATTEMPTS } from './after-failure.js';
import { decide, type Decision } from './decide.js';
import { readFacts, reportedFacts, type BoardFacts } from './facts.js';
import type { GatewayContext } from './context.js';
import { fulfil } from './fulfil.js';
import { Latest } from './latest.js';

/** Progress is published once in this time, but at the beginning of a step. */
const PROGRESS_MS = 500;
/** Steps that end between two breaths are not worth a message. */
const TOLD_STEPS: ReadonlySet<WishStep> = new Set(['fetch', 'erase', 'write', 'canary', 'confirm', 'revert']);

/**
 * Looks after one board as long as its port is open: hears what it shall run, has it do that step by step, and says what it runs.
 * What it knows comes from the board and from what is retained, so it may begin anywhere.
 */
export class BoardWorker {
  readonly chip: string;
  readonly path: string;
  readonly #session: DeviceSession;
  readonly #context: GatewayContext;
  readonly #ended = new AbortController();
  readonly #reports: Latest<Reported>;
  #facts: BoardFacts | undefined;
  #desired: Desired | undefined;
  #outcome: Outcome | undefined;
  #reportedBy: string | undefined;
  #current: { readonly wish: string; readonly stop: AbortController } | undefined;
  #attempts: { readonly wish: string; readonly count: number } | undefined;
  #wake: () => void = () => undefined;
  #toldMs = Number.NEGATIVE_INFINITY;
  #toldStep: WishStep | undefined;

  constructor(chip: string, path: string, session: DeviceSession, context: GatewayContext) {
    this.chip = chip;
    this.path = path;
    this.#session = session;
    this.#context = context;
    this.#reports = new Latest((reported) => context.publish('reported', { chip }, reported));
  }

  /** Ends it, and waits for what is on its way to the broker no longer than that takes. */
  stop(): void {
    this.#ended.abort();
    this.#current?.stop.abort();
    this.#wake();
  }

  /** Says again what was said last: the broker may have forgotten it. */
  report(isPresent = true): void {
    if (this.#facts === undefined) return;
    const { gateway, tags, wallClock } = this.#context;
    const current = this.#current?.wish;
    this.#reports.set({
      version: 1,
      gateway,
      present: isPresent,
      port: this.path.slice(-256),
      tags: [...tags],
      ...reportedFacts(this.#facts),
      ...(current === undefined ? {} : { current }),
      ...(this.#outcome === undefined ? {} : { outcome: this.#outcome }),
      atMs: wallClock(),
    });
  }

  /** Whether the board still answers. */
  async isAlive(): Promise<boolean> {
    return this.#session.hello(this.#ended.signal).then(
      () => true,
      () => false,
    );
  }

  /** Waits until the newest report is published. */
  settled = (): Promise<void> => this.#reports.settled();

  /** Works until the board is gone, or it is stopped. @throws TransportError, ProtocolError when the board is gone */
  async run(): Promise<void> {
    const { mailbox, signal } = this.#context;
    const { chip } = this;
    let closed: TransportError | undefined;
    const stopListening = this.#session.onClose((error) => {
      closed = error ?? new TransportError('disconnected', `${this.path} was closed.`);
      this.#wake();
    });
    const stop = (): void => this.stop();
    signal.addEventListener('abort', stop, { once: true });
    const unsubscribes: (() => Promise<void>)[] = [];
    try {
      this.#facts = await readFacts(this.#session, this.#ended.signal);
      unsubscribes.push(await mailbox.subscribe('reported', { chip }, ({ payload }) => this.#heardReport(payload)));
      unsubscribes.push(await mailbox.subscribe('desired', { chip }, ({ payload }) => this.#heardWish(payload)));
      this.report();
      while (!this.#ended.signal.aborted) {
        if (closed !== undefined) throw closed;
        const situation = { facts: this.#facts, desired: this.#desired, outcome: this.#outcome };
        await this.#act(decide(situation));
      }
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      stopListening();
      this.#current = undefined;
      // Whoever has the board now has said so already.
      if (!signal.aborted && this.#reportedBy === this.#context.gateway) this.report(false);
      await Promise.all(unsubscribes.map((unsubscribe) => unsubscribe().catch(() => undefined)));
    }
  }

  #heardReport(reported: Reported | undefined): void {
    if (reported === undefined) return;
    this.#reportedBy = reported.gateway;
    // Later ones are this worker's own, or of a gateway that has the board no more.
    if (this.#outcome === undefined && reported.outcome !== undefined) {
      this.#outcome = reported.outcome;
      this.#wake();
    }
  }

  #heardWish(desired: Desired | undefined): void {
    this.#desired = desired;
    if (this.#current !== undefined && this.#current.wish !== desired?.id) this.#current.stop.abort();
    this.#wake();
  }

  async #act(decision: Decision): Promise<void> {
    if (decision.kind === 'rest') await this.#rest();
    else if (decision.kind === 'revert') await this.#revert();
    else await this.#fulfil(this.#desired!, decision);
  }

  /** Waits until something changes, and asks the board now and then whether it is still there. */
  async #rest(): Promise<void> {
    const { clock, heartbeatMs } = this.#context;
    const isWoken = await new Promise<boolean>((resolve) => {
      const cancel = clock.after(heartbeatMs, () => resolve(false));
      this.#wake = () => {
        cancel();
        resolve(true);
      };
    });
    this.#wake = () => undefined;
    if (isWoken || this.#ended.signal.aborted) return;
    const { device } = this.#facts!;
    const { activeSlot } = await this.#session.hello(this.#ended.signal);
    if (activeSlot !== device.activeSlot) await this.#lookAgain();
  }

  async #revert(): Promise<void> {
    this.#context.observer.onStep?.(this.chip, this.#desired?.id, 'revert');
    await this.#session.restart(this.#ended.signal);
    await this.#lookAgain();
  }

  async #lookAgain(): Promise<void> {
    this.#facts = await readFacts(this.#session, this.#ended.signal);
    this.report();
  }

  async #fulfil(desired: Desired, decision: Exclude<Decision, { kind: 'rest' | 'revert' }>): Promise<void> {
    const { clock } = this.#context;
    const startedMs = clock.now();
    const attempts = this.#attempts?.wish === desired.id ? this.#attempts.count + 1 : 1;
    const end = (ending: Pick<Outcome, 'result' | 'step' | 'error'>): void => {
      const durationMs = Math.round(clock.now() - startedMs);
      this.#outcome = { wish: desired.id, ...ending, attempts, durationMs, atMs: this.#context.wallClock() };
      this.#context.observer.onOutcome?.(this.chip, this.#outcome);
    };
    if (decision.kind === 'succeed') {
      end({ result: 'succeeded', step: 'confirm' });
      this.report();
      return;
    }
    this.#attempts = { wish: desired.id, count: attempts };
    const stop = new AbortController();
    this.#current = { wish: desired.id, stop };
    this.report();
    let step: WishStep | undefined;
    let ending: Pick<Outcome, 'result' | 'step' | 'error'> | undefined;
    try {
      if (attempts > MAX_ATTEMPTS) throw new FleetError('not-kept', notKept(desired, attempts), { attempts });
      await fulfil(this.#session, desired, decision, {
        facts: this.#facts!,
        context: this.#context,
        signal: stop.signal,
        onStep: (entered, bytes, totalBytes) => {
          if (entered !== step) this.#context.observer.onStep?.(this.chip, desired.id, entered);
          step = entered;
          this.#tell({ version: 1, wish: desired.id, step, bytes, totalBytes });
        },
      });
      ending = { result: 'succeeded', step: 'confirm' };
    } catch (error) {
      const after = afterFailure(error, step ?? 'fetch', attempts);
      if (after.kind === 'lost') throw error;
      if (after.kind === 'end') ending = after.ending;
    } finally {
      this.#current = undefined;
    }
    this.#facts = await readFacts(this.#session, this.#ended.signal);
    if (ending !== undefined) end(ending);
    this.report();
  }

  #tell(progress: Progress): void {
    const nowMs = this.#context.clock.now();
    const isNew = this.#toldStep !== progress.step && TOLD_STEPS.has(progress.step);
    if (!isNew && nowMs - this.#toldMs < PROGRESS_MS) return;
    this.#toldMs = nowMs;
    this.#toldStep = progress.step;
    void this.#context.publish('progress', { chip: this.chip }, progress);
  }
}

const notKept = ({ id, circuit }: Desired, attempts: number): string =>
  `Wish ${id} was fulfilled or tried ${attempts - 1} times, and the board does not keep the circuit ${circuit}. Look at its flash and its supply.`;
