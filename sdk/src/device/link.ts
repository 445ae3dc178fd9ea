import { FrameDecoder, DELIMITER, type FrameEvent } from '../protocol/frames.js';
import { decodeDeviceMessage, type DeviceMessage } from '../protocol/replies.js';
import type { Clock } from './clock.js';
import { throwIfCancelled, TransportError } from './errors.js';
import { Exchange, type ExchangeLink, type InFlight } from './exchange.js';
import type { Plan } from './plan.js';
import type { Transport } from './transport.js';

/** Never more un-acknowledged wire bytes than this: some operating systems stall when both directions fill up. */
export const MAX_WINDOW_BYTES = 2048;

/** What went over the line since the link began. */
export interface LinkStatistics {
  framesSent: number;
  bytesSent: number;
  bytesReceived: number;
  /** Times the host went back and sent again. */
  resends: number;
  /** Frames that arrived damaged at either end. */
  damagedFrames: number;
}

/** Frames over a transport: gives out sequence numbers, runs one exchange at a time, and feeds it what arrives. */
export class Link implements ExchangeLink {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly patience: number;
  readonly statistics: LinkStatistics = {
    framesSent: 0,
    bytesSent: 0,
    bytesReceived: 0,
    resends: 0,
    damagedFrames: 0,
  };
  /** Frames sent and not answered yet, oldest first; exchanges leave here what they abandon. */
  readonly inFlight: InFlight[] = [];
  windowBytes = MAX_WINDOW_BYTES;

  readonly #decoder = new FrameDecoder();
  readonly #stopListening: (() => void)[];
  #sequence = 0;
  #exchange: Exchange | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #ended: TransportError | undefined;

  constructor(transport: Transport, clock: Clock, patience: number) {
    this.transport = transport;
    this.clock = clock;
    this.patience = patience;
    this.#stopListening = [
      transport.onData((bytes) => {
        this.statistics.bytesReceived += bytes.length;
        for (const event of this.#decoder.push(bytes)) this.#receive(event);
      }),
      transport.onClose((error) => this.#end(error)),
    ];
  }

  /**
   * Carries out `plan`; waits until the exchanges before it are over.
   * @throws whatever the plan throws, TransportError, ProtocolError, or CancelledError.
   */
  run(plan: Plan, signal?: AbortSignal): Promise<void> {
    const start = async (): Promise<void> => {
      throwIfCancelled(signal);
      if (this.#ended) throw this.#ended;
      const exchange = new Exchange(this, plan);
      this.#exchange = exchange;
      try {
        await exchange.run(signal);
      } finally {
        this.#exchange = undefined;
      }
    };
    const running = this.#last.then(start, start);
    this.#last = running.catch(() => undefined);
    return running;
  }

  /** Makes the device forget a partial frame that an earlier program may have left on the line. */
  flush(): Promise<void> {
    return this.transport.write(Uint8Array.of(DELIMITER));
  }

  /** Returns a sequence number that no frame in flight has. */
  nextSequence(): number {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    return this.#sequence;
  }

  send(bytes: Uint8Array, frames: number): void {
    this.statistics.bytesSent += bytes.length;
    this.statistics.framesSent += frames;
    this.transport.write(bytes).catch((error: unknown) => this.#exchange?.fail(error));
  }

  /** Stops listening; the transport stays open. */
  detach(): void {
    this.#end(undefined);
    for (const stop of this.#stopListening) stop();
  }

  /** Stops listening and closes the transport. */
  async close(): Promise<void> {
    this.detach();
    await this.transport.close();
  }

  #receive(event: FrameEvent): void {
    if (event.kind === 'damage') {
      this.statistics.damagedFrames++;
      this.#exchange?.damaged();
      return;
    }
    let message: DeviceMessage;
    try {
      message = decodeDeviceMessage(event.frame);
    } catch (error) {
      this.#exchange?.fail(error);
      return;
    }
    if (message.kind === 'reply') {
      this.#exchange?.replied(message.sequence, message.reply);
    } else {
      this.statistics.damagedFrames++;
      this.#exchange?.damaged();
    }
  }

  #end(error: TransportError | undefined): void {
    this.#ended ??=
      error ??
      new TransportError('disconnected', `The connection to ${this.transport.description} is closed. Open it again.`);
    this.#exchange?.fail(this.#ended);
  }
}
