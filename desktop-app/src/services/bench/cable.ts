import { Listeners, TransportError, type Transport } from '@adiabit/sdk/device';

/** Watches the bytes of a line. */
export interface LineWatcher {
  sent(bytes: Uint8Array): void;
  received(bytes: Uint8Array): void;
}

/** The cable to a device: everything on it is seen by a watcher, and it can be pulled. */
export class Cable implements Transport {
  readonly #line: Transport;
  readonly #watcher: LineWatcher;
  readonly #closed = new Listeners<TransportError | undefined>();
  #pulled: TransportError | undefined;
  #ended = false;

  constructor(line: Transport, watcher: LineWatcher) {
    this.#line = line;
    this.#watcher = watcher;
    line.onData((bytes) => watcher.received(bytes));
    line.onClose((error) => this.#end(error));
  }

  get description(): string {
    return this.#line.description;
  }

  get bytesPerSecond(): number {
    return this.#line.bytesPerSecond ?? 0;
  }

  get patience(): number {
    return this.#line.patience ?? 1;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#pulled) return Promise.reject(this.#pulled);
    this.#watcher.sent(bytes);
    return this.#line.write(bytes);
  }

  onData(listener: (bytes: Uint8Array) => void): () => void {
    return this.#line.onData((bytes) => {
      if (!this.#pulled) listener(bytes);
    });
  }

  onClose = (listener: (error: TransportError | undefined) => void): (() => void) => this.#closed.add(listener);

  close = (): Promise<void> => this.#line.close();

  /** Pulls the cable of the device `name`: whoever talks over it is told at once. Resolves when the line is closed. */
  async pull(name: string): Promise<void> {
    this.#pulled = new TransportError('disconnected', `${name} was unplugged. Plug it in again to go on.`);
    this.#end(this.#pulled);
    await this.#line.close();
  }

  #end(error: TransportError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#closed.emit(error);
  }
}
