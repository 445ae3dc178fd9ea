import { AdiabitError, CancelledError } from '@adiabit/simulator/errors';
import { isRetryable, systemClock, type Clock } from '../../device/index.js';
import { describeDevice, installDeployment } from './deployment.js';
import type { DdiOptions } from './options.js';
import type { ControllerBase } from './replies.js';
import { watchCancel } from './watch-cancel.js';

/** Where the server leaves it open. */
const USUAL_SLEEP_MS = 300_000;
const LEAST_SLEEP_MS = 1_000;
const MOST_SLEEP_MS = 86_400_000;
/** While an action is under way, so that a cancellation does not come too late. */
const MOST_WATCH_MS = 10_000;
const USUAL_TRIES = 3;

/**
 * Is a hawkBit controller for one device: polls, describes the device, installs what is deployed, tells how it goes, cancels.
 * @throws CancelledError when the signal fires; with `once`, what went wrong; else only what stays until something is changed
 */
export async function runDdi(options: DdiOptions): Promise<void> {
  const client = new DdiClient(options);
  const { once = false, onEvent, signal } = options;
  for (;;) {
    const sleepMs = await client.round().catch((error: unknown) => {
      if (once || !isRetryable(error)) throw error;
      onEvent?.({ kind: 'trouble', error: error as Error });
      return USUAL_SLEEP_MS;
    });
    if (once) return;
    onEvent?.({ kind: 'polled', sleepMs });
    await client.sleep(sleepMs, signal ?? new AbortController().signal);
    if (signal?.aborted === true) throw new CancelledError();
  }
}

class DdiClient {
  readonly #options: DdiOptions;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** Failed tries of actions that are still open. */
  readonly #tries = new Map<string, number>();
  /** Actions of which nothing but the download was wanted. */
  readonly #downloaded = new Set<string>();

  constructor(options: DdiOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#signal = options.signal ?? new AbortController().signal;
  }

  /** Polls once and does what the server wants. Returns how long it wants to be left alone. */
  async round(): Promise<number> {
    const { server, open, onEvent } = this.#options;
    const base = await server.poll(this.#signal);
    const sleepMs = Math.min(Math.max(base.sleepMs ?? USUAL_SLEEP_MS, LEAST_SLEEP_MS), MOST_SLEEP_MS);
    if (base.configData !== undefined) {
      await server.putConfigData(base.configData, await describeDevice(open, this.#signal), this.#signal);
      onEvent?.({ kind: 'described' });
    }
    if (base.cancelAction !== undefined) await this.#cancelWhatRests(base.cancelAction);
    else if (base.deploymentBase !== undefined) await this.#deploy(base.deploymentBase, base);
    return sleepMs;
  }

  /** Waits, but not beyond the end of the signal. */
  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        takeBack();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const takeBack = this.#clock.after(milliseconds, end);
      signal.addEventListener('abort', end);
    });
  }

  /** Confirms that an action is cancelled of which nothing is under way. */
  async #cancelWhatRests(link: string): Promise<void> {
    const { server, onEvent } = this.#options;
    const wish = await server.cancel(link, this.#signal);
    if (wish === undefined) return;
    await this.#tellCancelled(wish.id);
    this.#tries.delete(wish.stopId);
    onEvent?.({ kind: 'cancelled', id: wish.stopId });
  }

  async #deploy(link: string, base: ControllerBase): Promise<void> {
    const { server, onEvent } = this.#options;
    const deployment = await server.deployment(link, this.#signal);
    if (deployment === undefined || deployment.download === 'skip') return;
    const { id } = deployment;
    if (deployment.update === 'skip' && this.#downloaded.has(id)) return;
    const outcome = await watchCancel(
      {
        server,
        id,
        everyMs: Math.min(base.sleepMs ?? MOST_WATCH_MS, MOST_WATCH_MS),
        sleep: (milliseconds, signal) => this.sleep(milliseconds, signal),
        signal: this.#signal,
      },
      (signal) => installDeployment(deployment, { ...this.#options, signal }),
    );
    const { cancel } = outcome;
    if (outcome.done) {
      if (cancel !== undefined) await this.#rejectCancel(cancel.id);
      await this.#close(id, deployment.update === 'skip' ? undefined : outcome.value);
    } else if (outcome.error instanceof CancelledError && !this.#signal.aborted) {
      // Without a wish the server has closed the action, and wants to hear nothing more of it.
      if (cancel !== undefined) await this.#tellCancelled(cancel.id);
      this.#tries.delete(id);
      onEvent?.({ kind: 'cancelled', id });
    } else await this.#fail(id, outcome.error);
  }

  /** Tells that an action is done. @param digest of the circuit; undefined if it was to be downloaded only */
  async #close(id: string, digest: string | undefined): Promise<void> {
    const { server, onEvent } = this.#options;
    this.#tries.delete(id);
    if (digest === undefined) {
      this.#downloaded.add(id);
      const details = ['Downloaded and checked; not installed yet.'];
      await server.feedback('deploymentBase', id, { execution: 'downloaded', finished: 'none', details }, this.#signal);
      onEvent?.({ kind: 'downloaded', id });
      return;
    }
    const details = [`Circuit ${digest} runs and is confirmed.`];
    await server.feedback('deploymentBase', id, { execution: 'closed', finished: 'success', details }, this.#signal);
    onEvent?.({ kind: 'installed', id, digest });
  }

  /** Tells that an action has failed, or that it is tried again. */
  async #fail(id: string, error: unknown): Promise<void> {
    if (!(error instanceof AdiabitError) || error instanceof CancelledError) throw error;
    const { server, onEvent, tries = USUAL_TRIES } = this.#options;
    const failed = (this.#tries.get(id) ?? 0) + 1;
    this.#tries.set(id, failed);
    const details = [`${error.code}: ${error.message}`];
    if (isRetryable(error) && failed < tries) {
      await server.feedback('deploymentBase', id, { execution: 'proceeding', finished: 'none', details }, this.#signal);
      onEvent?.({ kind: 'trouble', error });
      return;
    }
    await server.feedback('deploymentBase', id, { execution: 'closed', finished: 'failure', details }, this.#signal);
    this.#tries.delete(id);
    onEvent?.({ kind: 'failed', id, error });
  }

  async #tellCancelled(id: string): Promise<void> {
    const details = ['Cancelled: the circuit that booted before still does.'];
    const { server } = this.#options;
    await server.feedback('cancelAction', id, { execution: 'closed', finished: 'success', details }, this.#signal);
  }

  async #rejectCancel(id: string): Promise<void> {
    const details = ['Too late: the new circuit was confirmed already.'];
    const { server } = this.#options;
    await server.feedback('cancelAction', id, { execution: 'rejected', finished: 'none', details }, this.#signal);
  }
}
