import type { Connection } from '@adiabit/sdk/fleet';

/** Messages and bytes of payload that went over a connection. */
export interface Traffic {
  published: number;
  publishedBytes: number;
  received: number;
  receivedBytes: number;
}

export const noTraffic = (): Traffic => ({ published: 0, publishedBytes: 0, received: 0, receivedBytes: 0 });

/** Counts what goes over a connection. */
export const countedConnection = (connection: Connection, traffic: Traffic): Connection => ({
  publish: (topic, payload, options) => {
    traffic.published++;
    traffic.publishedBytes += payload.length;
    return connection.publish(topic, payload, options);
  },
  subscribe: (filter, listener) =>
    connection.subscribe(filter, (topic, payload) => {
      traffic.received++;
      traffic.receivedBytes += payload.length;
      listener(topic, payload);
    }),
  onReconnect: (listener) => connection.onReconnect(listener),
});
