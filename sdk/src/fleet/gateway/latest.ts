/**
 * Publishes the newest of many values: while one is on its way the next ones wait, and of those only the last is sent. So a broker
 * that is away holds nothing up.
 */
export class Latest<T> {
  readonly #publish: (value: T) => Promise<void>;
  #waiting: { readonly value: T } | undefined;
  #sending: Promise<void> | undefined;

  /** @param publish must not reject */
  constructor(publish: (value: T) => Promise<void>) {
    this.#publish = publish;
  }

  set(value: T): void {
    this.#waiting = { value };
    this.#sending ??= this.#send();
  }

  /** Waits until the newest value is published. */
  async settled(): Promise<void> {
    await this.#sending;
  }

  async #send(): Promise<void> {
    while (this.#waiting !== undefined) {
      const { value } = this.#waiting;
      this.#waiting = undefined;
      await this.#publish(value);
    }
    this.#sending = undefined;
  }
}
