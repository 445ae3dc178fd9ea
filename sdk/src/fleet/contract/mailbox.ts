import { FleetError } from '../errors.js';
import type { Connection } from './connection.js';
import { MESSAGES, type IdsOf, type MessageName, type Payload } from './messages.js';
import { decodePayload, encodePayload } from './payloads.js';
import { checkPrefix, DEFAULT_PREFIX, filterOf, idsIn, topicOf } from './topics.js';

export interface MailboxOptions {
  readonly prefix?: string;
  /** Is told of the first message of every topic that was dropped. */
  readonly onDropped?: (topic: string, why: FleetError) => void;
}

/** A message that came, checked. Its payload is undefined when a retained one was taken away. */
export interface Message<N extends MessageName> {
  readonly ids: IdsOf<N>;
  readonly payload: Payload<N> | undefined;
}

/** The most topics of which a dropped message is told; the rest is only counted. */
const MOST_TOLD = 1000;

/** Publishes and receives the messages of a fleet. What is no valid message is dropped, counted, and told once per topic. */
export class Mailbox {
  readonly prefix: string;
  readonly #connection: Connection;
  readonly #onDropped: NonNullable<MailboxOptions['onDropped']>;
  readonly #told = new Set<string>();
  #dropped = 0;

  /** @throws FleetError `fleet.bad-option` for a prefix that cannot begin a topic */
  constructor(connection: Connection, { prefix = DEFAULT_PREFIX, onDropped = () => undefined }: MailboxOptions = {}) {
    this.#connection = connection;
    this.prefix = checkPrefix(prefix);
    this.#onDropped = onDropped;
  }

  /** Messages that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @throws FleetError for an id or a payload that breaks the contract; as the connection does */
  async publish<N extends MessageName>(name: N, ids: IdsOf<N>, payload: Payload<N>): Promise<void> {
    const topic = topicOf(this.prefix, name, ids);
    await this.#connection.publish(topic, encodePayload(name, payload), { retain: MESSAGES[name].retain });
  }

  /** Takes a retained message away. */
  async clear<N extends MessageName>(name: N, ids: IdsOf<N>): Promise<void> {
    await this.#connection.publish(topicOf(this.prefix, name, ids), new Uint8Array(), { retain: true });
  }

  /** Calls `listener` with every message of a kind; ids that are left out are free. @returns a function that ends it */
  async subscribe<N extends MessageName>(
    name: N,
    ids: Partial<IdsOf<N>>,
    listener: (message: Message<N>) => void,
  ): Promise<() => Promise<void>> {
    return this.#connection.subscribe(filterOf(this.prefix, name, ids), (topic, payload) => {
      const message = this.#checked(name, topic, payload);
      if (message !== undefined) listener(message);
    });
  }

  #checked<N extends MessageName>(name: N, topic: string, payload: Uint8Array): Message<N> | undefined {
    try {
      const ids = idsIn(this.prefix, name, topic);
      if (ids === undefined) throw new FleetError('bad-message', 'A topic with ids that are none.');
      return { ids, payload: payload.length === 0 ? undefined : decodePayload(name, payload) };
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      this.#drop(topic, error);
      return undefined;
    }
  }

  #drop(topic: string, why: FleetError): void {
    this.#dropped++;
    if (this.#told.has(topic) || this.#told.size >= MOST_TOLD) return;
    this.#told.add(topic);
    this.#onDropped(topic, why);
  }
}
