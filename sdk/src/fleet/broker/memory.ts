import type { Connection } from '../contract/connection.js';
import { matches } from './filters.js';
import { Subscriptions } from './subscriptions.js';

/**
 * Makes a broker in memory, for one process: every connection that it gives sees what the others publish, and what is retained.
 * @returns a function that opens a connection
 */
export function memoryBroker(): () => Connection {
  const retained = new Map<string, Uint8Array>();
  const subscriptions = new Subscriptions();
  return () => ({
    publish: (topic, payload, { retain }) => {
      const kept = payload.slice();
      if (retain && kept.length > 0) retained.set(topic, kept);
      else if (retain) retained.delete(topic);
      return new Promise((resolve) =>
        setImmediate(() => {
          subscriptions.deliver(topic, kept);
          resolve();
        }),
      );
    },
    subscribe: (filter, listener) => {
      const remove = subscriptions.add(filter, listener);
      for (const [topic, payload] of [...retained]) if (matches(filter, topic)) listener(topic, payload);
      return Promise.resolve(() => {
        remove();
        return Promise.resolve();
      });
    },
    onReconnect: () => () => undefined,
  });
}
