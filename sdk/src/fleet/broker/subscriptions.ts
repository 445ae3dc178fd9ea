import type { MessageListener } from '../contract/connection.js';
import { matches } from './filters.js';

/** Who wants which messages. */
export class Subscriptions {
  readonly #listeners = new Map<string, Set<MessageListener>>();

  /** @returns a function that removes the listener, and tells whether it was the last one of its filter */
  add(filter: string, listener: MessageListener): () => boolean {
    const own: MessageListener = (topic, payload) => listener(topic, payload);
    const listeners = this.#listeners.get(filter) ?? new Set();
    this.#listeners.set(filter, listeners.add(own));
    return () => {
      listeners.delete(own);
      const isLast = listeners.size === 0 && this.#listeners.get(filter) === listeners;
      if (isLast) this.#listeners.delete(filter);
      return isLast;
    };
  }

  get filters(): readonly string[] {
    return [...this.#listeners.keys()];
  }

  deliver(topic: string, payload: Uint8Array): void {
    for (const [filter, listeners] of [...this.#listeners]) {
      if (!matches(filter, topic)) continue;
      for (const listener of [...listeners]) listener(topic, payload);
    }
  }
}
