import { CancelledError } from '@adiabit/simulator/errors';
import { ProtocolError } from '../protocol/errors.js';
import { encodeFrame, wireBytesOf } from '../protocol/frames.js';
import type { Reply } from '../protocol/replies.js';
import { describeRequest, encodeRequest, windowBytesOf, type Request } from '../protocol/requests.js';
import { TransportError } from './errors.js';
import type { Clock } from './clock.js';
import type { Plan } from './plan.js';
import { timeoutMsOf } from './timeouts.js';
import type { Transport } from './transport.js';

/** A frame that was sent and not answered. */
export interface InFlight {
  readonly sequence: number;
  readonly request: Request;
  readonly step: number;
  /** Its place among the requests of the step. */
  readonly position: number;
  /** What it takes of the window. */
  readonly wireBytes: number;
  /** The exchange that sent it, and in which of its rounds: only frames of the current round count. */
  readonly exchange: Exchange;
  readonly round: number;
}

/** The link that an exchange runs on. */
export interface ExchangeLink {
  readonly transport: Pick<Transport, 'description' | 'bytesPerSecond'>;
  readonly clock: Clock;
  /** Factor of all timeouts. */
  readonly patience: number;
  readonly statistics: { resends: number };
  /** Frames sent and not answered yet, oldest first; exchanges leave here what they abandon. */
  readonly inFlight: InFlight[];
  readonly windowBytes: number;
  nextSequence(): number;
  send(bytes: Uint8Array, frames: number): void;
}

/**
 * One plan on its way over the line: go-back-N with a window of wire bytes.
 *
 * A *round* is what was sent since the host last went back. The line keeps order, so a reply tells that all frames
 * before its own have been handled or lost; a frame of this round without a reply is then lost, and a new round begins
 * at the first step that is not done. Frames of earlier rounds keep their share of the window until something behind
 * them is answered, so the device is never sent more than it has room for; their replies are otherwise ignored.
 */
export class Exchange {
  readonly #link: ExchangeLink;
  readonly #plan: Plan;
  #round = 0;
  /** The first step that is not done. */
  #base = 0;
  /** Replies to that step, in this round. */
  #replies: Reply[] = [];
  /** What goes out next. */
  #next = { step: 0, position: 0 };
  #resendsInARow = 0;
  /** Whether damage starts a new round. Off after it did, until a reply proves that it concerns this round. */
  #armed = true;
  #loneSequence: number | undefined;
  #startedMs = 0;
  #cancelTimer: (() => void) | undefined;
  #settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;

  constructor(link: ExchangeLink, plan: Plan) {
    this.#link = link;
    this.#plan = plan;
  }

  async run(signal?: AbortSignal): Promise<void> {
    const cancel = (): void => this.fail(new CancelledError());
    signal?.addEventListener('abort', cancel);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#settle = { resolve, reject };
        this.#startedMs = this.#link.clock.now();
        this.#advance();
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#stopTimer();
      this.#settle = undefined;
    }
  }

  /** Ends the exchange with `error`. */
  fail(error: unknown): void {
    this.#stopTimer();
    this.#settle?.reject(error);
    this.#settle = undefined;
  }

  /** Takes a reply that arrived. Late ones, duplicates and those that answer no request are ignored. */
  replied(sequence: number, reply: Reply): void {
    const { inFlight } = this.#link;
    const index = inFlight.findIndex((frame) => frame.sequence === sequence && frame.request.type === reply.type);
    if (!this.#settle || index < 0) return;
    const [frame] = inFlight.splice(0, index + 1).slice(-1);
    if (this.#isCurrent(frame)) {
      this.#armed = true;
      this.#stopTimer();
      try {
        this.#take(frame, reply);
      } catch (error) {
        this.fail(error);
      }
    }
    this.#advance();
  }

  /** Notes that a frame arrived damaged, here or at the device. The oldest frame in flight is assumed to be the one. */
  damaged(): void {
    if (!this.#settle || !this.#plan.heedsDamage) return;
    this.#link.inFlight.shift();
    if (this.#armed) {
      this.#armed = false;
      this.#goBack('damage');
    }
    this.#advance();
  }

  #take(frame: InFlight, reply: Reply): void {
    if (this.#plan.stepsDone) {
      const done = this.#plan.stepsDone(reply);
      if (done > this.#base) this.#progressTo(done);
      if (done <= frame.step) this.#goBack('loss');
    } else if (frame.step !== this.#base || frame.position !== this.#replies.length) {
      this.#goBack('loss');
    } else {
      this.#replies.push(reply);
      if (this.#replies.length < this.#plan.step(this.#base)!.length) return;
      this.#plan.finish(this.#base, this.#replies);
      this.#progressTo(this.#base + 1);
    }
  }

  #progressTo(step: number): void {
    this.#base = step;
    this.#replies = [];
    this.#resendsInARow = 0;
    if (this.#next.step < step) this.#next = { step, position: 0 };
  }

  #goBack(reason: 'loss' | 'damage' | 'timeout'): void {
    if (reason === 'loss') this.#armed = false;
    if (this.#resendsInARow === this.#plan.maxResends) {
      this.fail(this.#givenUp(reason));
      return;
    }
    this.#resendsInARow++;
    this.#link.statistics.resends++;
    this.#stopTimer();
    this.#round++;
    this.#replies = [];
    this.#next = { step: this.#base, position: 0 };
  }

  #timedOut(): void {
    this.#link.inFlight.length = 0;
    this.#armed = true;
    this.#goBack('timeout');
    this.#advance();
  }

  /** Sends what the window has room for, and ends the exchange when all is done. */
  #advance(): void {
    if (!this.#settle) return;
    if (this.#plan.step(this.#base) === undefined) {
      this.#settle.resolve();
      this.#settle = undefined;
      return;
    }
    const { inFlight } = this.#link;
    const wires: Uint8Array[] = [];
    let inFlightBytes = inFlight.reduce((total, frame) => total + frame.wireBytes, 0);
    for (;;) {
      const requests = this.#plan.step(this.#next.step);
      if (requests === undefined) break;
      const request = requests[this.#next.position];
      const frame = encodeRequest(request, 0);
      const most = windowBytesOf(request, wireBytesOf(frame.payload.length));
      if (inFlight.length > 0 && inFlightBytes + most > this.#link.windowBytes) break;
      const sequence = this.#sequenceNumber();
      const wire = encodeFrame({ ...frame, sequence });
      const wireBytes = windowBytesOf(request, wire.length);
      wires.push(wire);
      inFlight.push({
        sequence,
        request,
        ...this.#next,
        wireBytes,
        exchange: this,
        round: this.#round,
      });
      inFlightBytes += wireBytes;
      this.#next =
        this.#next.position + 1 < requests.length
          ? { step: this.#next.step, position: this.#next.position + 1 }
          : { step: this.#next.step + 1, position: 0 };
    }
    if (wires.length > 0) this.#link.send(Buffer.concat(wires), wires.length);
    this.#startTimer(inFlightBytes);
  }

  /**
   * Returns the number for the next sending. Requests sent ahead get a new number each time; a single request keeps its
   * own, so any answer to it will do.
   */
  #sequenceNumber(): number {
    if (this.#plan.ahead) return this.#link.nextSequence();
    return (this.#loneSequence ??= this.#link.nextSequence());
  }

  /** Starts the timer anew. It runs from the last sign of progress; noise does not put it off. */
  #startTimer(inFlightBytes: number): void {
    if (this.#cancelTimer) return;
    const oldest = this.#link.inFlight.find((frame) => this.#isCurrent(frame))?.request;
    const { transport, clock, patience } = this.#link;
    const lineMs = transport.bytesPerSecond ? (1000 * inFlightBytes) / transport.bytesPerSecond : 0;
    this.#cancelTimer = clock.after(timeoutMsOf(oldest ?? this.#plan.step(this.#base)![0]) * patience + lineMs, () =>
      this.#timedOut(),
    );
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #isCurrent = (frame: InFlight): boolean => frame.exchange === this && frame.round === this.#round;

  #givenUp(reason: 'loss' | 'damage' | 'timeout'): Error {
    const request = describeRequest(this.#plan.step(this.#base)![0]);
    const where = this.#link.transport.description;
    const seconds = ((this.#link.clock.now() - this.#startedMs) / 1000).toFixed(1);
    const tries = this.#resendsInARow + 1;
    const details = { request, tries, transport: where };
    if (reason === 'timeout') {
      return new TransportError(
        'timeout',
        `The device on ${where} did not answer "${request}" (${tries} tries in a row, ${seconds} s). ` +
          'Check the cable and that the board has power, then try again.',
        details,
      );
    }
    return new ProtocolError(
      'bad-frame',
      `The line to ${where} loses or damages every "${request}" (${tries} tries in a row). ` +
        'Check the baud rate and use a shorter or better cable.',
      details,
    );
  }
}
