import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { AdiabitError } from '@adiabit/simulator/errors';
import { systemClock, type Clock } from '../../device/index.js';
import { VERSION } from '../../version.js';
import { BlobCache } from '../blobs/cache.js';
import { BlobFetcher } from '../blobs/fetch.js';
import type { Connection } from '../contract/connection.js';
import type { GatewayState } from '../contract/gateway.js';
import { isId } from '../contract/ids.js';
import { MAX_BOARDS } from '../contract/limits.js';
import { Mailbox } from '../contract/mailbox.js';
import { encodePayload } from '../contract/payloads.js';
import { checkPrefix, DEFAULT_PREFIX, topicOf } from '../contract/topics.js';
import { FleetError } from '../errors.js';
import type { SignaturePolicy } from './check-file.js';
import type { GatewayContext, GatewayObserver } from './context.js';
import { Lanes } from './lanes.js';
import { Latest } from './latest.js';
import type { ListBoardPorts } from './ports.js';
import { Roster } from './roster.js';

/** Who a gateway is. */
export interface GatewayIdentity {
  /** 1 to 64 of a to z, 0 to 9 and hyphen: no other gateway of the fleet has it. */
  readonly id: string;
  /** Words to choose its boards by. */
  readonly tags?: readonly string[];
  /** If absent, `adiabit`. */
  readonly prefix?: string;
  /** Tells this start from others. */
  readonly session: GatewaySession;
}

/** One start of a gateway. */
export interface GatewaySession {
  readonly id: string;
  readonly startedAtMs: number;
}

export interface GatewayOptions {
  readonly identity: GatewayIdentity;
  readonly connection: Connection;
  readonly ports: ListBoardPorts;
  /** Keeps bitstreams, and parts of them. */
  readonly cacheFolder: string;
  readonly maxCacheBytes?: number;
  /** If absent, no key is trusted and none is asked for. */
  readonly policy?: SignaturePolicy;
  /** Boards that are flashed at once (16). */
  readonly parallel?: number;
  readonly observer?: GatewayObserver;
  readonly clock?: Clock;
  readonly wallClock?: () => number;
  /** How often ports are listed (1 s). */
  readonly scanMs?: number;
  /** How often a board that has nothing to do is asked whether it is still there (10 s). */
  readonly heartbeatMs?: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const SCAN_MS = 1000;
const ASK_AGAIN_MS = 1000;
const HEARTBEAT_MS = 10_000;
const STATE_MS = 60_000;
const PARALLEL = 16;
/** How long the last messages may take when a gateway ends. */
const FAREWELL_MS = 3000;
const MOST_REFUSED = 64;

/** Draws what tells a start of a gateway at a time from another. */
export const newSession = (startedAtMs = Date.now()): GatewaySession => ({
  id: randomBytes(8).toString('hex'),
  startedAtMs,
});

/**
 * Returns what the broker shall publish when a gateway goes away without a word: give it to `connectBroker`.
 * @throws FleetError `fleet.bad-option` for an id that is none
 */
export function gatewayWill(identity: GatewayIdentity): { readonly topic: string; readonly payload: Uint8Array } {
  const { id: gateway, prefix = DEFAULT_PREFIX } = checkIdentity(identity);
  const state = { ...stateOf(identity, identity.session.startedAtMs), online: false };
  return { topic: topicOf(prefix, 'gatewayState', { gateway }), payload: encodePayload('gatewayState', state) };
}

/**
 * Looks after boards until the signal fires: has each run what is desired of it, and reports what it runs. It may be killed at any
 * moment: the boards guard their circuits themselves, and what is retained tells the next start where to go on.
 * @throws FleetError `fleet.bad-option`, `fleet.not-allowed`, `fleet.taken-over`; FileError for the cache
 */
export async function runGateway(options: GatewayOptions): Promise<void> {
  const { identity, connection, ports, clock = systemClock, wallClock = Date.now, observer = {} } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  // Every board listens.
  setMaxListeners(0, signal);
  const { id: gateway, tags = [], prefix = DEFAULT_PREFIX } = checkIdentity(identity);
  const mailbox = new Mailbox(connection, { prefix, onDropped: (topic, why) => observer.onTrouble?.(topic, why) });
  const cache = await BlobCache.open(options.cacheFolder, options.maxCacheBytes);
  const blobs = new BlobFetcher(mailbox, cache, clock);
  const publish: GatewayContext['publish'] = async (name, ids, payload) => {
    try {
      await mailbox.publish(name, ids, payload);
    } catch (error) {
      if (!(error instanceof AdiabitError)) throw error;
      const why = error instanceof FleetError ? error : new FleetError('broker-unreachable', error.message, {}, error);
      observer.onTrouble?.(topicOf(prefix, name, ids), why);
    }
  };
  const context: GatewayContext = {
    gateway,
    tags,
    mailbox,
    blobs,
    lanes: new Lanes(options.parallel ?? PARALLEL),
    policy: options.policy ?? { trustedKeys: [], requireSignature: false },
    observer,
    clock,
    wallClock,
    heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
    signal,
    publish,
  };
  const states = new Latest<GatewayState>((state) => publish('gatewayState', { gateway }, state));
  const tell = (): void =>
    states.set({
      ...stateOf(identity, wallClock()),
      online: !signal.aborted,
      boards: signal.aborted ? [] : roster.chips.slice(0, MAX_BOARDS),
      refused: roster.refused.slice(0, MOST_REFUSED),
      cacheBytes: blobs.cacheBytes,
      dropped: mailbox.dropped,
    });
  const roster = new Roster(context, tell);
  const stopListening = connection.onReconnect(() => {
    tell();
    roster.reportAll();
  });
  let takenOver: FleetError | undefined;
  const watch = (): Promise<() => Promise<void>> =>
    mailbox.subscribe('gatewayState', { gateway }, ({ payload }) => {
      if (payload?.online !== true || payload.session === identity.session.id) return;
      if (payload.startedAtMs <= identity.session.startedAtMs) return;
      const message = `Another gateway was started with the name ${gateway}, and has its boards now. Give one of them another name.`;
      takenOver = new FleetError('taken-over', message, { gateway });
      stop.abort();
    });
  const unsubscribe = await onceThere(watch, clock, signal);
  tell();
  try {
    let toldMs = clock.now();
    while (!signal.aborted) {
      roster.update(await ports());
      if (clock.now() - toldMs >= STATE_MS) {
        toldMs = clock.now();
        tell();
      }
      await pause(clock, options.scanMs ?? SCAN_MS, signal);
    }
  } finally {
    stopListening();
    await unsubscribe();
    await roster.ended();
    if (takenOver === undefined) tell();
    await Promise.race([states.settled(), pause(clock, FAREWELL_MS)]);
  }
  if (takenOver !== undefined) throw takenOver;
}

const stateOf = ({ tags = [], session }: GatewayIdentity, atMs: number): GatewayState => ({
  version: 1,
  online: true,
  session: session.id,
  startedAtMs: session.startedAtMs,
  software: VERSION,
  tags: [...tags],
  boards: [],
  refused: [],
  cacheBytes: 0,
  dropped: 0,
  atMs,
});

function checkIdentity(identity: GatewayIdentity): GatewayIdentity {
  checkPrefix(identity.prefix ?? DEFAULT_PREFIX);
  if (!isId('gateway', identity.id)) {
    const message = `"${identity.id}" cannot name a gateway: that takes 1 to 64 of a to z, 0 to 9 and hyphen.`;
    throw new FleetError('bad-option', message, { gateway: identity.id });
  }
  return identity;
}

/** Asks again while the broker is away: it may go in the moment after the connection was made. */
async function onceThere<T>(ask: () => Promise<T>, clock: Clock, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof FleetError) || error.kind !== 'broker-unreachable' || signal.aborted) throw error;
      await pause(clock, ASK_AGAIN_MS, signal);
    }
  }
}

/** Waits, or less when the signal fires. */
function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted) done();
  });
}
