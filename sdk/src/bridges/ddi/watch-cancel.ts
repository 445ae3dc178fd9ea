import type { DdiServer } from './server.js';

export interface CancelWish {
  readonly id: string;
  readonly stopId: string;
}

/** What came of work that the server could have cancelled. */
export type Watched<T> = { readonly cancel: CancelWish | undefined } & (
  { readonly done: true; readonly value: T } | { readonly done: false; readonly error: unknown }
);

export interface WatchCancelOptions {
  readonly server: DdiServer;
  /** The action that is worked on. */
  readonly id: string;
  /** Between two polls. */
  readonly everyMs: number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Works on an action and polls meanwhile; aborts the work when the server wants the action cancelled. */
export async function watchCancel<T>(
  { server, id, everyMs, sleep, signal }: WatchCancelOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Watched<T>> {
  const stop = new AbortController();
  const abort = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  let cancel: CancelWish | undefined;
  const watch = async (): Promise<void> => {
    while (cancel === undefined) {
      await sleep(everyMs, ended);
      if (ended.aborted) return;
      // A poll that fails is no wish to cancel.
      const wish = await wishOf(server, ended).catch(() => undefined);
      if (wish?.stopId === id) cancel = wish;
    }
    abort.abort();
  };
  const watching = watch().catch(() => undefined);
  try {
    const value = await work(AbortSignal.any([signal, abort.signal]));
    return { done: true, value, cancel: await settled() };
  } catch (error) {
    return { done: false, error, cancel: await settled() };
  }

  async function settled(): Promise<CancelWish | undefined> {
    stop.abort();
    await watching;
    return cancel;
  }
}

/** Asks what the server wants cancelled; undefined if nothing. */
export async function wishOf(server: DdiServer, signal: AbortSignal): Promise<CancelWish | undefined> {
  const { cancelAction } = await server.poll(signal);
  return cancelAction === undefined ? undefined : server.cancel(cancelAction, signal);
}
