import type { EventName, Events, MethodName, ParamsOf, ResultOf } from '../common/contract.js';
import type { Outcome } from '../common/envelope.js';
import { CallError } from '../common/failure.js';
import { socketCarrier } from './socket-carrier.js';

/** Carries calls to what is behind the page, and events back: Electron's preload script, or a WebSocket. */
export interface Carrier {
  call(method: string, params: unknown): Promise<Outcome>;
  onEvent(listener: (event: string, data: unknown) => void): void;
  /** Tells whether there is a connection, now and whenever that changes. */
  onConnection(listener: (connected: boolean) => void): void;
}

declare global {
  interface Window {
    /** What the preload script of the desktop app gives the page. */
    readonly adiabit?: {
      readonly methods: Readonly<Record<string, (params: unknown) => Promise<Outcome>>>;
      readonly onEvent: Carrier['onEvent'];
    };
  }
}

function findCarrier(): Carrier {
  const preloaded = window.adiabit;
  if (preloaded === undefined) return socketCarrier();
  const { methods, onEvent } = preloaded;
  return {
    call: (method, params) => methods[method](params),
    onEvent,
    onConnection: (listener) => listener(true),
  };
}

const carrier = findCarrier();

/** Calls a method of the contract. @throws CallError with the code that it failed with */
export async function call<M extends MethodName>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
  const outcome = await carrier.call(method, params);
  if (!outcome.ok) throw new CallError(outcome.error);
  return outcome.value as ResultOf<M>;
}

const listeners = new Map<string, Set<(data: unknown) => void>>();

carrier.onEvent((event, data) => {
  for (const listener of listeners.get(event) ?? []) listener(data);
});

/** Listens to an event; returns the function that stops it. */
export function on<E extends EventName>(event: E, listener: (data: Events[E]) => void): () => void {
  const own = (data: unknown): void => listener(data as Events[E]);
  const known = listeners.get(event) ?? new Set();
  listeners.set(event, known.add(own));
  return () => void known.delete(own);
}

export const onConnection = (listener: (connected: boolean) => void): void => carrier.onConnection(listener);
