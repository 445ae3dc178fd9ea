/** The receiver of a line inside the chip. */
export interface LineReceiver {
  /** Tells whether the receiver can take a byte now. If it cannot, the line waits, so no byte is ever lost. */
  ready(): boolean;
  take(byte: number): void;
}

/**
 * Both directions of an asynchronous serial line in simulated time. A byte takes ten bit times (8N1) in either
 * direction, and follows the byte before it.
 */
export class SerialLine {
  readonly #byteCycles: number;
  readonly #now: () => number;
  readonly #receiver: LineReceiver;
  #toDevice: Uint8Array[] = [];
  #toDeviceOffset = 0;
  /** The time at which the first byte to the device is complete. */
  #arrival = 0;
  /** The bytes that the device has sent, and the time at which each is complete. */
  #fromDevice: { byte: number; doneAt: number }[] = [];
  #delivered: number[] = [];
  #transmitterFreeAt = 0;

  constructor(byteCycles: number, now: () => number, receiver: LineReceiver) {
    this.#byteCycles = byteCycles;
    this.#now = now;
    this.#receiver = receiver;
  }

  /** Puts bytes on the line to the device. */
  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.#toDevice.length === 0) this.#arrival = Math.max(this.#arrival, this.#now()) + this.#byteCycles;
    this.#toDevice.push(bytes.slice());
  }

  /** Takes a byte that the device puts into its transmitter. */
  transmit(byte: number): void {
    this.#transmitterFreeAt = Math.max(this.#transmitterFreeAt, this.#now()) + this.#byteCycles;
    this.#fromDevice.push({ byte, doneAt: this.#transmitterFreeAt });
  }

  /** The number of bytes that the transmitter still has to send. */
  get transmitterBacklog(): number {
    return Math.max(0, Math.ceil((this.#transmitterFreeAt - this.#now()) / this.#byteCycles));
  }

  get transmitting(): boolean {
    return this.#fromDevice.length > 0;
  }

  /** The time of the next event on the line; infinite if no byte is on its way. */
  get nextEvent(): number {
    const arrival = this.#toDevice.length > 0 ? Math.max(this.#arrival, this.#now() + 1) : Infinity;
    return this.#fromDevice.length > 0 ? Math.min(arrival, this.#fromDevice[0].doneAt) : arrival;
  }

  /** Delivers every byte that is complete. */
  advance(): void {
    const now = this.#now();
    while (this.#toDevice.length > 0 && this.#arrival <= now) {
      if (!this.#receiver.ready()) {
        this.#arrival = now + this.#byteCycles;
        break;
      }
      const [chunk] = this.#toDevice;
      this.#receiver.take(chunk[this.#toDeviceOffset++]);
      if (this.#toDeviceOffset === chunk.length) {
        this.#toDevice.shift();
        this.#toDeviceOffset = 0;
      }
      if (this.#toDevice.length > 0) this.#arrival += this.#byteCycles;
    }
    const done = this.#fromDevice.findIndex((sent) => sent.doneAt > now);
    const ready = this.#fromDevice.splice(0, done < 0 ? this.#fromDevice.length : done);
    for (const { byte } of ready) this.#delivered.push(byte);
  }

  /** Takes the bytes that have reached the host since the last call. */
  takeDelivered(): Uint8Array {
    const bytes = Uint8Array.from(this.#delivered);
    this.#delivered = [];
    return bytes;
  }

  /**
   * Restarts the clock at zero, for a new chip. Bytes in its transmitter are lost; bytes on their way to it are not.
   */
  restartTime(): void {
    this.#fromDevice = [];
    this.#transmitterFreeAt = 0;
    this.#arrival = this.#byteCycles;
  }

  /** Discards the bytes on their way to the chip. */
  cutReceiver(): void {
    this.#toDevice = [];
    this.#toDeviceOffset = 0;
  }
}
