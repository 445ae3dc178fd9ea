import { Listeners, type Transport } from '@adiabit/sdk/device';

const BITS_PER_BYTE = 10;
const TICK_MS = 1;

/**
 * A line of `baudRate` (8N1) in front of a board that has none of its own, in this computer's time: a byte takes ten
 * bit times in its direction and comes after the byte before it. The host hears of a byte `hostLatencyMs` later.
 */
export function atLineRate(inner: Transport, baudRate: number, hostLatencyMs: number): Transport {
  const bytesPerMs = baudRate / BITS_PER_BYTE / 1000;
  const data = new Listeners<Uint8Array>();
  const toDevice = new Queue(bytesPerMs, (bytes) => void inner.write(bytes));
  const toHost = new Queue(bytesPerMs, (bytes) => void setTimeout(() => data.emit(bytes), hostLatencyMs));
  inner.onData((bytes) => toHost.push(bytes));
  return {
    description: inner.description,
    bytesPerSecond: 1000 * bytesPerMs,
    write: (bytes) => {
      toDevice.push(bytes);
      return Promise.resolve();
    },
    onData: (listener) => data.add(listener),
    onClose: (listener) => inner.onClose(listener),
    close: () => inner.close(),
  };
}

/** One direction. */
class Queue {
  readonly #bytesPerMs: number;
  readonly #deliver: (bytes: Uint8Array) => void;
  #waiting = new Uint8Array(0);
  /** When the first waiting byte began its way; fractions of a byte carry over. */
  #sinceMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(bytesPerMs: number, deliver: (bytes: Uint8Array) => void) {
    this.#bytesPerMs = bytesPerMs;
    this.#deliver = deliver;
  }

  push(bytes: Uint8Array): void {
    if (this.#waiting.length === 0) this.#sinceMs = performance.now();
    this.#waiting = Uint8Array.from([...this.#waiting, ...bytes]);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const passed = Math.floor((performance.now() - this.#sinceMs) * this.#bytesPerMs);
    const arrived = this.#waiting.subarray(0, passed);
    this.#sinceMs += arrived.length / this.#bytesPerMs;
    this.#waiting = this.#waiting.slice(arrived.length);
    if (this.#waiting.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    if (arrived.length > 0) this.#deliver(arrived);
  }
}
