import { DELIMITER } from '../protocol/frames.js';
import { systemClock, type Clock } from './clock.js';
import { TransportError } from './errors.js';
import { Random } from '../random.js';
import { Listeners, type Transport } from './transport.js';

/** What a bad line does. Rates are probabilities 0..1 per frame and direction; what is absent does not happen. */
export interface LineFaults {
  readonly seed: number;
  /** A frame loses a run of its bytes, or all of them. */
  readonly drop?: number;
  /** A frame comes twice. */
  readonly duplicate?: number;
  /** One bit of a frame changes. */
  readonly flip?: number;
  /** A frame comes in several pieces. */
  readonly split?: number;
  /** Every piece is one byte. */
  readonly splitAtEveryByte?: boolean;
  /** A frame comes behind the next one, or `maxDelayMs` late when none follows: no serial line does that. */
  readonly reorder?: number;
  /** A frame, and all that follows it, waits up to `maxDelayMs`. */
  readonly delay?: number;
  /** Default 20. */
  readonly maxDelayMs?: number;
  /** The line breaks before this byte, counting the bytes of both directions from 0 as they are handed over. */
  readonly disconnectAtByte?: number;
}

/** How often each fault happened. */
export interface FaultCounts {
  drop: number;
  duplicate: number;
  flip: number;
  split: number;
  reorder: number;
  delay: number;
}

/** A transport over a bad line. Unless it is told to reorder, it keeps the order of what it lets through, as a serial line does. */
export interface FaultTransport extends Transport {
  readonly counts: Readonly<FaultCounts>;
  /** Bytes handed over in both directions so far. */
  readonly bytes: number;
}

/** Puts a bad line in front of `inner`. The same seed and the same pieces give the same faults. */
export function faultTransport(inner: Transport, faults: LineFaults, clock: Clock = systemClock): FaultTransport {
  return new BadLine(inner, faults, clock);
}

class BadLine implements FaultTransport {
  readonly description: string;
  readonly patience?: number;
  readonly counts: FaultCounts = { drop: 0, duplicate: 0, flip: 0, split: 0, reorder: 0, delay: 0 };
  bytes = 0;

  readonly #inner: Transport;
  readonly #faults: LineFaults;
  readonly #random: Random;
  readonly #data = new Listeners<Uint8Array>();
  readonly #closed = new Listeners<TransportError | undefined>();
  readonly #toDevice: DelayLine;
  readonly #toHost: DelayLine;
  #broken: TransportError | undefined;

  constructor(inner: Transport, faults: LineFaults, clock: Clock) {
    this.#inner = inner;
    this.#faults = faults;
    this.#random = Random.fromSeed(faults.seed, 'line faults');
    this.description = `${inner.description} over a bad line (seed ${faults.seed})`;
    if (inner.patience !== undefined) this.patience = inner.patience;
    this.#toDevice = new DelayLine(clock, (piece) => void inner.write(piece).catch(() => undefined));
    this.#toHost = new DelayLine(clock, (piece) => this.#data.emit(piece));
    inner.onData((bytes) => this.#handOver(bytes, this.#toHost));
    inner.onClose((error) => {
      if (!this.#broken) this.#closed.emit(error);
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken);
    this.#handOver(bytes, this.#toDevice);
    return Promise.resolve();
  }

  onData = (listener: (bytes: Uint8Array) => void): (() => void) => this.#data.add(listener);
  onClose = (listener: (error: TransportError | undefined) => void): (() => void) => this.#closed.add(listener);
  close = (): Promise<void> => this.#inner.close();

  #handOver(bytes: Uint8Array, line: DelayLine): void {
    if (this.#broken) return;
    const room = (this.#faults.disconnectAtByte ?? Infinity) - this.bytes;
    const passed = bytes.subarray(0, room);
    this.bytes += passed.length;
    for (const frame of framesOf(passed)) {
      const send = (): void => {
        for (const piece of this.#disturb(frame)) line.push(piece, this.#delayMs());
      };
      if (this.#happens('reorder')) line.holdBack(send, this.#maxDelayMs);
      else {
        send();
        line.letGo();
      }
    }
    if (bytes.length > room) this.#break();
  }

  #break(): void {
    const error = new TransportError(
      'disconnected',
      `${this.description} broke after ${this.bytes} bytes. Connect it again.`,
      { bytes: this.bytes },
    );
    this.#broken = error;
    this.#closed.emit(error);
    void this.#inner.close();
  }

  #disturb(frame: Uint8Array): Uint8Array[] {
    let disturbed = Uint8Array.from(frame);
    if (this.#happens('flip')) disturbed[this.#below(disturbed.length)] ^= 1 << this.#below(8);
    if (this.#happens('drop')) {
      const from = this.#below(disturbed.length);
      const to = from + 1 + this.#below(disturbed.length - from);
      disturbed = Uint8Array.from([...disturbed.subarray(0, from), ...disturbed.subarray(to)]);
      if (this.#random.uniform() < 0.5) disturbed = new Uint8Array(0);
    }
    const copies = this.#happens('duplicate') ? [disturbed, disturbed] : [disturbed];
    return copies.flatMap((copy) => (this.#happens('split') ? this.#split(copy) : [copy]));
  }

  #split(bytes: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = this.#faults.splitAtEveryByte ? 1 : 1 + this.#below(bytes.length - at);
      pieces.push(bytes.subarray(at, at + length));
      at += length;
    }
    return pieces;
  }

  get #maxDelayMs(): number {
    return this.#faults.maxDelayMs ?? 20;
  }

  #delayMs = (): number => (this.#happens('delay') ? this.#random.uniform(0, this.#maxDelayMs) : 0);
  #below = (limit: number): number => this.#random.below(limit);

  #happens(fault: keyof FaultCounts): boolean {
    const happens = this.#random.uniform() < (this.#faults[fault] ?? 0);
    if (happens) this.counts[fault]++;
    return happens;
  }
}

/** Cuts bytes after every delimiter, so that faults hit frames. */
function* framesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const delimiter = bytes.indexOf(DELIMITER, at);
    const end = delimiter < 0 ? bytes.length : delimiter + 1;
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** Hands pieces on in order, each no earlier than its delay after it came. */
class DelayLine {
  readonly #clock: Clock;
  readonly #deliver: (piece: Uint8Array) => void;
  readonly #waiting: { readonly piece: Uint8Array; readonly dueMs: number }[] = [];
  #heldBack: (() => void)[] = [];

  constructor(clock: Clock, deliver: (piece: Uint8Array) => void) {
    this.#clock = clock;
    this.#deliver = deliver;
  }

  /** Keeps a frame until `letGo` is called for the one behind it, or `maxDelayMs` have passed. */
  holdBack(send: () => void, maxDelayMs: number): void {
    this.#heldBack.push(send);
    this.#clock.after(maxDelayMs, () => this.letGo());
  }

  letGo(): void {
    const heldBack = this.#heldBack;
    this.#heldBack = [];
    for (const send of heldBack) send();
  }

  push(piece: Uint8Array, delayMs: number): void {
    if (piece.length === 0) return;
    if (delayMs === 0 && this.#waiting.length === 0) {
      this.#deliver(piece);
      return;
    }
    const earliestMs = Math.max(this.#clock.now() + delayMs, this.#waiting.at(-1)?.dueMs ?? 0);
    this.#waiting.push({ piece, dueMs: earliestMs });
    if (this.#waiting.length === 1) this.#wait();
  }

  #wait(): void {
    this.#clock.after(Math.max(0, this.#waiting[0].dueMs - this.#clock.now()), () => {
      const nowMs = this.#clock.now();
      while (this.#waiting.length > 0 && this.#waiting[0].dueMs <= nowMs) this.#deliver(this.#waiting.shift()!.piece);
      if (this.#waiting.length > 0) this.#wait();
    });
  }
}
