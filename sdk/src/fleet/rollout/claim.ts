import { throwIfCancelled, type Clock } from '../../device/index.js';
import type { Mailbox } from '../contract/index.js';

export interface ClaimOptions {
  readonly mailbox: Mailbox;
  readonly rollout: string;
  /** 8 bytes that no other coordinator has, hexadecimal. */
  readonly holder: string;
  readonly clock: Clock;
  readonly leaseSeconds: number;
  readonly signal: AbortSignal;
}

/** How long after a subscription the claim of another may take to come, in milliseconds. */
const SETTLE_MS = 300;
/** How often within its lease a claim is renewed. */
const RENEWALS_PER_LEASE = 3;

/**
 * The right to drive a rollout, as a retained message. Everybody sees the claims on a topic in the same order, and the last
 * one holds: whoever sees another's behind its own gives up. A claim that was not renewed within its lease, by the clock of
 * who waits for it, is void. For a moment two may drive one rollout, which does no harm: they wish the same.
 */
export class Claim {
  readonly #options: ClaimOptions;
  #unsubscribe: () => Promise<void> = () => Promise.resolve();
  #cancelTimer: () => void = () => undefined;
  #other: { readonly heardMs: number; readonly leaseMs: number } | undefined;
  #renewal = 0;
  readonly #sentMs = new Map<number, number>();
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  #isLost = false;
  #changed: () => void = () => undefined;

  private constructor(options: ClaimOptions) {
    this.#options = options;
  }

  /** Waits until nobody else drives the rollout, then claims it. @throws CancelledError; as the mailbox does */
  static async take(options: ClaimOptions): Promise<Claim> {
    const claim = new Claim(options);
    const { mailbox, rollout } = options;
    claim.#unsubscribe = await mailbox.subscribe('rolloutClaim', { rollout }, ({ payload }) => {
      if (payload === undefined) claim.#other = undefined;
      else if (payload.holder === options.holder) claim.#heardOwn(payload.renewal);
      else claim.#heardOther(payload.leaseSeconds);
      claim.#changed();
    });
    try {
      await claim.#wait(SETTLE_MS);
      await claim.#takeOver();
    } catch (error) {
      await claim.#unsubscribe();
      throw error;
    }
    claim.#renewLater();
    return claim;
  }

  /** Whether the rollout may be driven now. */
  get isHeld(): boolean {
    return !this.#isLost && this.#options.clock.now() < this.#heldUntilMs;
  }

  /**
   * Renews the claim, and waits until that has come back from the broker: all that was retained there for earlier
   * subscriptions has come before it.
   */
  async renew(): Promise<void> {
    const renewal = await this.#publish();
    while (this.#sentMs.has(renewal) && !this.#isLost) await this.#wait(this.#leaseMs);
  }

  /** Gives it up, so that another need not wait. */
  async release(): Promise<void> {
    const { mailbox, rollout } = this.#options;
    const wasHeld = this.isHeld;
    this.stop();
    if (wasHeld) await mailbox.clear('rolloutClaim', { rollout });
    await this.#unsubscribe();
  }

  /** Stops renewing, as a coordinator does that dies. */
  stop(): void {
    this.#isLost = true;
    this.#cancelTimer();
    this.#changed();
  }

  get #leaseMs(): number {
    return 1000 * this.#options.leaseSeconds;
  }

  async #takeOver(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      while (this.#other !== undefined && clock.now() < this.#other.heardMs + this.#other.leaseMs)
        await this.#wait(this.#other.heardMs + this.#other.leaseMs - clock.now());
      this.#other = undefined;
      this.#isLost = false;
      this.#heldUntilMs = Number.NEGATIVE_INFINITY;
      await this.renew();
      if (this.isHeld) return;
    }
  }

  #heardOwn(renewal: number): void {
    const sentMs = this.#sentMs.get(renewal);
    if (sentMs === undefined) return;
    for (const earlier of [...this.#sentMs.keys()]) if (earlier <= renewal) this.#sentMs.delete(earlier);
    this.#heldUntilMs = sentMs + this.#leaseMs;
  }

  #heardOther(leaseSeconds: number): void {
    this.#other = { heardMs: this.#options.clock.now(), leaseMs: 1000 * leaseSeconds };
    // Before the own claim has come back it is only the one of before.
    if (this.#heldUntilMs > Number.NEGATIVE_INFINITY) this.#isLost = true;
  }

  async #publish(): Promise<number> {
    const { mailbox, rollout, holder, leaseSeconds, clock } = this.#options;
    const renewal = ++this.#renewal;
    this.#sentMs.set(renewal, clock.now());
    await mailbox.publish('rolloutClaim', { rollout }, { version: 1, holder, renewal, leaseSeconds });
    return renewal;
  }

  #renewLater(): void {
    this.#cancelTimer = this.#options.clock.after(this.#leaseMs / RENEWALS_PER_LEASE, () => {
      if (this.#isLost) return;
      // What goes wrong here is seen by the claim running out.
      this.#publish().catch(() => undefined);
      this.#renewLater();
    });
  }

  /** Waits until something has come, or so long. @throws CancelledError */
  async #wait(delayMs: number): Promise<void> {
    const { clock, signal } = this.#options;
    throwIfCancelled(signal);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const cancel = clock.after(Math.max(0, delayMs), done);
      signal.addEventListener('abort', done, { once: true });
      this.#changed = done;
    });
    throwIfCancelled(signal);
  }
}
