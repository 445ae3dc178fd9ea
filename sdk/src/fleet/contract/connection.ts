/** A way to a broker, or to something that stands for one: topics are full ones, prefix and all. */
export interface Connection {
  /** Hands a message over; resolves when the broker has it. An empty payload takes a retained message away. */
  publish(topic: string, payload: Uint8Array, options: { readonly retain: boolean }): Promise<void>;
  /**
   * Calls `listener` with every message whose topic matches, those that are retained first; each comes at least once.
   * @param filter may have `+` for a level
   * @returns a function that ends it
   */
  subscribe(filter: string, listener: MessageListener): Promise<() => Promise<void>>;
  /** Calls `listener` when the way is open again after it was lost: what is retained may be lost with the broker's memory. */
  onReconnect(listener: () => void): () => void;
}

export type MessageListener = (topic: string, payload: Uint8Array) => void;
