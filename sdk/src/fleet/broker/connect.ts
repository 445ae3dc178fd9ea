import { setTimeout as wait } from 'node:timers/promises';
import { CancelledError } from '@adiabit/simulator/errors';
import type { IClientOptions, MqttClient } from 'mqtt';
import { withPackages } from '../../packages/features.js';
import type { Connection, MessageListener } from '../contract/connection.js';
import { FleetError } from '../errors.js';
import { checkBrokerUrl } from './broker-url.js';
import { Subscriptions } from './subscriptions.js';

export interface BrokerOptions {
  /** `mqtt://HOST[:PORT]`, or `mqtts:` for TLS. Nothing secret belongs into it. */
  readonly url: string;
  /** Tells this client from all others: a second one of its name ends the connection of the first. */
  readonly clientId: string;
  readonly user?: string;
  readonly password?: string;
  /** The certificate of who vouches for the broker (those of Node.js), and that and the key of this client: PEM. */
  readonly certificates?: { readonly authority?: string; readonly own?: string; readonly key?: string };
  /** What the broker publishes, retained, when this client goes away without a word. */
  readonly will?: { readonly topic: string; readonly payload: Uint8Array };
  readonly signal?: AbortSignal;
  /** Waits for a broker that does not answer yet, as what starts with its machine has to. If absent, that is a failure. */
  readonly waitsForBroker?: boolean;
  /** Is told when the connection is lost, or is waited for; it is sought again by itself. */
  readonly onLost?: (why: FleetError) => void;
}

/** A connection to a broker, which is opened again by itself when it is lost. */
export interface BrokerConnection extends Connection {
  /** Whether the broker speaks MQTT 5; else it is 3.1.1, which has no session that ends. */
  readonly isVersion5: boolean;
  /** Hands over what is still to be published, and ends the connection without the will. */
  close(): Promise<void>;
}

/** How long a broker keeps the session of a client that has gone away, in seconds. */
const SESSION_EXPIRY_S = 3600;
const RECONNECT_MS = 1000;
const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_S = 15;
/** How long the last messages of a client may take. */
const FAREWELL_MS = 2000;
/** Largest packet that is taken, in bytes: the largest message of a fleet, and its topic. */
const MAX_PACKET_BYTES = 1024 * 1024 + 4096;

/**
 * Connects to a broker: with MQTT 5 or, where it does not speak that, with 3.1.1.
 * @throws FleetError `fleet.bad-option` for another kind of address, `fleet.broker-unreachable`, `fleet.not-allowed`;
 * PackageError `package.not-installed`; CancelledError
 */
export async function connectBroker(options: BrokerOptions): Promise<BrokerConnection> {
  checkBrokerUrl(options.url);
  for (let tries = 0; ; tries++) {
    try {
      return await connectOnce(options);
    } catch (error) {
      if (options.waitsForBroker !== true || !isAway(error)) throw error;
      if (tries === 0) options.onLost?.(error);
      // Cut short by the signal, which the next try says.
      await wait(RECONNECT_MS, undefined, { signal: options.signal }).catch(() => undefined);
    }
  }
}

const isAway = (error: unknown): error is FleetError =>
  error instanceof FleetError && error.kind === 'broker-unreachable' && error.details['reason'] === undefined;

async function connectOnce(options: BrokerOptions): Promise<BrokerConnection> {
  const mqtt = await withPackages('fleet', () => import('mqtt'));
  const open = (version: 4 | 5): Promise<MqttClient> => firstConnection(mqtt.connect, options, version);
  try {
    return new MqttConnection(await open(5), true, options);
  } catch (error) {
    if (!(error instanceof FleetError) || error.details['reason'] !== UNACCEPTABLE_PROTOCOL) throw error;
    return new MqttConnection(await open(4), false, options);
  }
}

/** Reason codes of CONNACK: of MQTT 3.1.1, then of MQTT 5. */
const UNACCEPTABLE_PROTOCOL = 1;
const UNSUPPORTED_PROTOCOL = 0x84;
const NOT_ALLOWED: ReadonlySet<number> = new Set([4, 5, 0x86, 0x87]);

async function firstConnection(
  connect: (url: string, options: IClientOptions) => MqttClient,
  options: BrokerOptions,
  version: 4 | 5,
): Promise<MqttClient> {
  const { url, signal } = options;
  if (signal?.aborted) throw new CancelledError();
  const client = connect(url, clientOptions(options, version));
  // The client has listeners of its own: only these are taken away again.
  const listening = new AbortController();
  const until = (event: 'connect' | 'error' | 'close', heard: (error?: Error) => void): void => {
    client.on(event, heard);
    listening.signal.addEventListener('abort', () => client.off(event, heard));
  };
  try {
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new CancelledError()), { signal: listening.signal });
      until('connect', () => resolve());
      until('error', reject);
      until('close', () => reject(new Error('The connection was closed before it was open.')));
    });
    return client;
  } catch (error) {
    client.on('error', () => undefined).end(true);
    throw error instanceof CancelledError ? error : connectFailure(url, error);
  } finally {
    listening.abort();
  }
}

function clientOptions(options: BrokerOptions, version: 4 | 5): IClientOptions {
  const { clientId, user, password, certificates = {}, will } = options;
  return {
    clientId,
    protocolVersion: version,
    // A session of 3.1.1 would never end.
    clean: version === 4,
    ...(version === 5
      ? { properties: { sessionExpiryInterval: SESSION_EXPIRY_S, maximumPacketSize: MAX_PACKET_BYTES } }
      : {}),
    keepalive: KEEP_ALIVE_S,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: RECONNECT_MS,
    reconnectOnConnackError: true,
    // Done here: the library asks for nothing that it thinks it has, and a broker that died may have kept a session in part.
    resubscribe: false,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(certificates.authority === undefined ? {} : { ca: certificates.authority }),
    ...(certificates.own === undefined ? {} : { cert: certificates.own }),
    ...(certificates.key === undefined ? {} : { key: certificates.key }),
    ...(will === undefined
      ? {}
      : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1 as const, retain: true } }),
  };
}

function connectFailure(url: string, error: unknown): FleetError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why = error instanceof Error ? error.message || String(code) : String(error);
  if (code === UNACCEPTABLE_PROTOCOL || code === UNSUPPORTED_PROTOCOL) {
    const details = { url, reason: UNACCEPTABLE_PROTOCOL };
    return new FleetError(
      'broker-unreachable',
      `The broker at ${url} speaks neither MQTT 5 nor 3.1.1.`,
      details,
      error,
    );
  }
  if (typeof code === 'number' && NOT_ALLOWED.has(code)) {
    const message = `The broker at ${url} does not let this client in (${why}). Check user, password and certificate.`;
    return new FleetError('not-allowed', message, { url }, error);
  }
  const message = `No broker answers at ${url}: ${why}. Start one ("adiabit fleet serve"), or check the address.`;
  return new FleetError('broker-unreachable', message, { url }, error);
}

class MqttConnection implements BrokerConnection {
  readonly isVersion5: boolean;
  readonly #client: MqttClient;
  readonly #subscriptions = new Subscriptions();
  readonly #reconnected = new Set<() => void>();

  constructor(client: MqttClient, isVersion5: boolean, { url, onLost = () => undefined }: BrokerOptions) {
    this.#client = client;
    this.isVersion5 = isVersion5;
    let lastError: unknown;
    let isLost = false;
    client.on('message', (topic, payload) => this.#subscriptions.deliver(topic, payload));
    client.on('error', (error) => (lastError = error));
    client.on('connect', () => {
      isLost = false;
      const filters = this.#subscriptions.filters;
      if (filters.length > 0) client.subscribe([...filters], { qos: 1 });
      for (const listener of [...this.#reconnected]) listener();
    });
    client.on('close', () => {
      if (isLost || client.disconnecting) return;
      isLost = true;
      onLost(connectFailure(url, lastError ?? new Error('the connection was closed')));
    });
  }

  async publish(topic: string, payload: Uint8Array, { retain }: { readonly retain: boolean }): Promise<void> {
    // What nobody keeps is not worth being kept until the broker is back.
    if (!retain && !this.#client.connected) return;
    await this.#asked(
      `publish ${topic}`,
      this.#client.publishAsync(topic, Buffer.from(payload), { qos: retain ? 1 : 0, retain }),
    );
  }

  async subscribe(filter: string, listener: MessageListener): Promise<() => Promise<void>> {
    const remove = this.#subscriptions.add(filter, listener);
    try {
      const granted = await this.#asked(`subscribe to ${filter}`, this.#client.subscribeAsync(filter, { qos: 1 }));
      if (granted.some(({ qos }) => qos >= REFUSED_SUBSCRIPTION)) throw notAllowed(`subscribe to ${filter}`);
    } catch (error) {
      remove();
      throw error;
    }
    return async () => {
      const isLast = remove();
      if (isLast && this.#client.connected) await this.#client.unsubscribeAsync(filter).catch(() => undefined);
    };
  }

  onReconnect(listener: () => void): () => void {
    this.#reconnected.add(listener);
    return () => void this.#reconnected.delete(listener);
  }

  async close(): Promise<void> {
    // What is under way may wait for a broker that is gone.
    const ended = this.#client.endAsync(!this.#client.connected);
    await Promise.race([ended, wait(FAREWELL_MS, undefined, { ref: false })]);
    this.#client.end(true);
  }

  /** Waits for the broker's answer. @throws FleetError `fleet.not-allowed` when it refuses */
  async #asked<T>(what: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (typeof code === 'number' && code >= REFUSED_SUBSCRIPTION) throw notAllowed(what, error);
      const why = error instanceof Error ? error.message : String(error);
      throw new FleetError('broker-unreachable', `Cannot ${what}: ${why}.`, {}, error);
    }
  }
}

/** From here on the codes of a broker's answers are refusals. */
const REFUSED_SUBSCRIPTION = 0x80;

const notAllowed = (what: string, cause?: unknown): FleetError =>
  new FleetError(
    'not-allowed',
    `The broker does not allow this client to ${what}. Check its access list.`,
    { what },
    cause,
  );
