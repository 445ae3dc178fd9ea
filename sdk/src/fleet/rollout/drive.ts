import { throwIfCancelled, type Clock } from '../../device/index.js';
import type { Mailbox, RolloutDefinition, RolloutState } from '../contract/index.js';
import { FleetError } from '../errors.js';
import { openWishes, withdrawals } from './advance.js';
import { isOver } from './apply.js';
import type { Claim } from './claim.js';
import type { RolloutAction, RolloutEvent } from './events.js';
import { boardEvent, desiredOf } from './messages.js';
import { Presence } from './presence.js';
import { reduceRollout } from './reduce.js';
import { initialState } from './state.js';

export interface DriveOptions {
  readonly mailbox: Mailbox;
  readonly rollout: string;
  readonly claim: Claim;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onState: (state: RolloutState) => void;
}

/** How often it looks which boards are away, and whether the claim still holds, in milliseconds. */
const LOOK_MS = 500;
/** Boards that go on are written down once in this time; whatever begins or ends something, at once and before it is done. */
const SAVE_MS = 1000;
/** Wishes that are on their way to the broker at once. */
const WISHES_AT_ONCE = 64;

/** Drives a rollout as long as a claim holds. */
export class Drive {
  readonly #options: DriveOptions;
  readonly #presence = new Presence();
  readonly #unsubscribes: (() => Promise<void>)[] = [];
  /** What came before the rollout was known. */
  readonly #early: RolloutEvent[] = [];
  #definition: RolloutDefinition | undefined;
  #state: RolloutState | undefined;
  #saved: RolloutState | undefined;
  #savedMs = Number.NEGATIVE_INFINITY;
  #actions: RolloutAction[] = [];
  #mustTellAll = false;
  #isReady = false;
  #wake: () => void = () => undefined;

  constructor(options: DriveOptions) {
    this.#options = options;
  }

  /**
   * Works until the rollout is over, or the claim is lost.
   * @returns the last state; undefined when another one drives it now
   * @throws FleetError `fleet.rollout-unknown`, as the mailbox does; CancelledError
   */
  async run(): Promise<RolloutState | undefined> {
    const { claim, signal } = this.#options;
    try {
      await this.#listen();
      // Behind the own claim nothing comes that was retained before.
      await claim.renew();
      this.#begin();
      while (claim.isHeld) {
        throwIfCancelled(signal);
        this.#look();
        await this.#write();
        if (isOver(this.#state!) && this.#state === this.#saved) return this.#state;
        await this.#rest();
      }
      return undefined;
    } finally {
      await Promise.all(this.#unsubscribes.map((unsubscribe) => unsubscribe().catch(() => undefined)));
    }
  }

  /** Says everything again: the broker may have forgotten it. */
  tellAgain(): void {
    this.#mustTellAll = true;
    this.#wake();
  }

  async #listen(): Promise<void> {
    const { mailbox, rollout } = this.#options;
    const listen = async (subscribed: Promise<() => Promise<void>>): Promise<void> =>
      void this.#unsubscribes.push(await subscribed);
    await listen(mailbox.subscribe('rolloutDefinition', { rollout }, ({ payload }) => (this.#definition ??= payload)));
    await listen(
      mailbox.subscribe('rolloutState', { rollout }, ({ payload }) => {
        // From here on it is this one's own.
        if (!this.#isReady && payload !== undefined) this.#state = payload;
      }),
    );
    await listen(
      mailbox.subscribe('gatewayState', {}, ({ ids, payload }) =>
        this.#presence.gateway(ids.gateway, payload?.online === true),
      ),
    );
    await listen(
      mailbox.subscribe('reported', {}, ({ ids: { chip }, payload }) => {
        if (payload === undefined) return;
        this.#presence.board(chip, payload.gateway, payload.present);
        this.#take(boardEvent(chip, payload));
      }),
    );
    await listen(
      mailbox.subscribe('rolloutControl', { rollout }, ({ payload }) => {
        if (payload !== undefined) this.#take({ type: 'control', nonce: payload.nonce, command: payload.command });
      }),
    );
  }

  #begin(): void {
    const { rollout } = this.#options;
    if (this.#definition?.id !== rollout)
      throw new FleetError('rollout-unknown', `There is no rollout "${rollout}". Create it, or list those there are.`, {
        rollout,
      });
    this.#state ??= initialState(this.#definition);
    this.#isReady = true;
    // Who drove it before may have died between writing wishes down and making them.
    this.#actions.push(...this.#open());
    for (const event of [...this.#early.splice(0), { type: 'look' } as const]) this.#take(event);
  }

  #open(): readonly RolloutAction[] {
    const state = this.#state!;
    if (state.phase === 'aborted') return withdrawals(this.#definition!, state);
    return isOver(state) ? [] : openWishes(this.#definition!, state);
  }

  #take(event: RolloutEvent): void {
    if (!this.#isReady) {
      this.#early.push(event);
      return;
    }
    const { state, actions } = reduceRollout(this.#definition!, this.#state!, event);
    this.#state = state;
    this.#actions.push(...actions);
    this.#wake();
  }

  #look(): void {
    const limitMs = 1000 * this.#definition!.unreachableAfterSeconds;
    for (const event of this.#presence.changes(this.#options.clock.now(), limitMs)) this.#take(event);
  }

  /** Keeps the state, and then does what follows from it. */
  async #write(): Promise<void> {
    const { clock, mailbox, rollout, onState, claim } = this.#options;
    if (this.#mustTellAll) {
      this.#mustTellAll = false;
      await mailbox.publish('rolloutDefinition', { rollout }, this.#definition!);
      this.#saved = undefined;
      this.#actions = [...this.#open()];
    }
    const state = this.#state!;
    const isDue = this.#isUrgent(state) || clock.now() - this.#savedMs >= SAVE_MS;
    if (state === this.#saved || !isDue || !claim.isHeld) return;
    const actions = this.#actions.splice(0);
    await mailbox.publish('rolloutState', { rollout }, state);
    this.#saved = state;
    this.#savedMs = clock.now();
    onState(state);
    await this.#carryOut(actions);
  }

  #isUrgent(state: RolloutState): boolean {
    const saved = this.#saved;
    if (saved === undefined || this.#actions.length > 0) return true;
    return saved.phase !== state.phase || saved.nonces !== state.nonces || saved.pause !== state.pause;
  }

  async #carryOut(actions: readonly RolloutAction[]): Promise<void> {
    const { mailbox } = this.#options;
    const withdrawn = new Map<string, string>();
    for (let at = 0; at < actions.length; at += WISHES_AT_ONCE) {
      const some = actions.slice(at, at + WISHES_AT_ONCE);
      await Promise.all(
        some.map((action) => {
          if (action.type === 'wish')
            return mailbox.publish('desired', { chip: action.chip }, desiredOf(this.#definition!, action));
          withdrawn.set(action.chip, action.id);
          return undefined;
        }),
      );
    }
    if (withdrawn.size > 0) await this.#withdraw(withdrawn);
  }

  /** Takes wishes away, of boards of which nobody has wished something else since. */
  async #withdraw(wishes: ReadonlyMap<string, string>): Promise<void> {
    const { mailbox, claim } = this.#options;
    const theirs: string[] = [];
    const unsubscribe = await mailbox.subscribe('desired', {}, ({ ids: { chip }, payload }) => {
      if (payload !== undefined && wishes.get(chip) === payload.id) theirs.push(chip);
    });
    await claim.renew();
    await unsubscribe();
    await Promise.all([...new Set(theirs)].map((chip) => mailbox.clear('desired', { chip })));
  }

  /** Waits until something has come, or it is time to look. */
  #rest(): Promise<void> {
    const { clock, signal } = this.#options;
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        this.#wake = () => undefined;
        resolve();
      };
      const cancel = clock.after(LOOK_MS, done);
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
      if (this.#isUrgent(this.#state!) || signal.aborted) done();
    });
  }
}
