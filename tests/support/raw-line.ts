import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  FrameDecoder,
  encodeFrame,
  encodeRequest,
  type FrameEvent,
  type Request,
} from '../../sdk/src/protocol/index.js';
import { HOST_BINARY } from './host-firmware.js';

/** Anything with bytes in and bytes out: a process, an emulated board, a serial port. */
export interface ByteLine {
  write(bytes: Uint8Array): void;
  onData(listener: (bytes: Uint8Array) => void): unknown;
}

export interface RawReply {
  readonly type: number;
  readonly sequence: number;
  readonly status: number;
  /** The whole payload, status byte first. */
  readonly payload: Uint8Array;
}

const REPLY_TIMEOUT_MS = 20_000;
const KNOCK_MS = 100;

/** Talks to firmware frame by frame, without any of the patience and repair of the real host. */
export class RawLine {
  readonly #line: ByteLine;
  readonly #pieceBytes: number;
  readonly #decoder = new FrameDecoder();
  readonly #events: FrameEvent[] = [];
  #waiting: ((event: FrameEvent) => void) | undefined;
  #sequence = 0;

  /** `pieceBytes`: how much data goes into one request; the board has to take that. */
  constructor(line: ByteLine, pieceBytes = 500) {
    this.#line = line;
    this.#pieceBytes = pieceBytes;
    line.onData((bytes) => {
      for (const event of this.#decoder.push(bytes)) {
        const waiting = this.#waiting;
        this.#waiting = undefined;
        if (waiting) waiting(event);
        else this.#events.push(event);
      }
    });
  }

  write(bytes: Uint8Array): void {
    this.#line.write(bytes);
  }

  /** The next frame from the device. */
  async next(): Promise<RawReply> {
    const event = this.#events.shift() ?? (await this.#nextEvent());
    if (event.kind !== 'frame') throw new Error(`The device sent a damaged frame: ${event.reason}`);
    const { type, sequence, payload } = event.frame;
    return { type, sequence, status: payload[0], payload };
  }

  #nextEvent(): Promise<FrameEvent> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = undefined;
        reject(new Error('The device did not answer.'));
      }, REPLY_TIMEOUT_MS);
      this.#waiting = (event) => {
        clearTimeout(timer);
        resolve(event);
      };
    });
  }

  /** Sends a request, and gives the frame that it went in. */
  send(request: Request): ReturnType<typeof encodeRequest> {
    const frame = encodeRequest(request, (this.#sequence = (this.#sequence + 1) & 0xffff));
    this.write(encodeFrame(frame));
    return frame;
  }

  /** Says hello until it is answered, then lets late answers go by: a board that starts loses what comes before its UART is on. */
  async knock(): Promise<void> {
    const deadline = Date.now() + REPLY_TIMEOUT_MS;
    const knocking = setInterval(() => this.send({ type: 'hello' }), KNOCK_MS);
    try {
      while ((await this.#nextEvent()).kind !== 'frame') if (Date.now() > deadline) throw new Error('No frame came.');
    } finally {
      clearInterval(knocking);
    }
    await this.catchUp();
  }

  /** Lets late answers to whoever had the line before go by, up to the answer to a hello of its own. */
  async catchUp(): Promise<void> {
    // Beyond what a short session before this one has counted.
    this.#sequence = 0x4000;
    const { sequence } = this.send({ type: 'hello' });
    for (;;) {
      const event = this.#events.shift() ?? (await this.#nextEvent());
      if (event.kind === 'frame' && event.frame.sequence === sequence) return;
    }
  }

  /** Sends a request and gives its reply, checking that it is one. */
  async ask(request: Request): Promise<RawReply> {
    const frame = this.send(request);
    const reply = await this.next();
    if (reply.type !== (frame.type | 0x80) || reply.sequence !== frame.sequence) {
      throw new Error(`Asked ${request.type}, got type ${reply.type} with sequence ${reply.sequence}.`);
    }
    return reply;
  }

  /** Begin, write in pieces, verify; gives the status of the first step that failed, else of verify. */
  async store(slot: number, bytes: Uint8Array, pieceBytes = this.#pieceBytes): Promise<number> {
    const digest = createHash('sha256').update(bytes).digest();
    const begin = await this.ask({ type: 'begin', slot, totalBytes: bytes.length, digest });
    if (begin.status !== 0) return begin.status;
    for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
      const reply = await this.ask({ type: 'write', offset, data: bytes.subarray(offset, offset + pieceBytes) });
      if (reply.status !== 0) return reply.status;
    }
    return (await this.ask({ type: 'verify', slot })).status;
  }

  /** Stores, activates and confirms; throws when the device refuses. */
  async install(slot: number, bytes: Uint8Array): Promise<void> {
    const stored = await this.store(slot, bytes);
    const activated = (await this.ask({ type: 'activate', slot })).status;
    const confirmed = (await this.ask({ type: 'confirm', slot })).status;
    if (stored !== 0 || activated !== 0 || confirmed !== 0) {
      throw new Error(`install: store ${stored}, activate ${activated}, confirm ${confirmed}`);
    }
  }

  /** Outputs of the active circuit for an input as it travels; undefined when there is no circuit. */
  async infer(input: Uint8Array): Promise<{ outputs: Int32Array; counter: number; class: number } | undefined> {
    for (let offset = 0; offset < input.length; offset += this.#pieceBytes) {
      const reply = await this.ask({ type: 'input', offset, data: input.subarray(offset, offset + this.#pieceBytes) });
      if (reply.status !== 0) return undefined;
    }
    const reply = await this.ask({ type: 'infer' });
    if (reply.status !== 0) return undefined;
    const view = new DataView(reply.payload.buffer, reply.payload.byteOffset, reply.payload.byteLength);
    const outputs = Int32Array.from({ length: view.getUint16(3, true) }, (_, index) =>
      view.getInt32(9 + 4 * index, true),
    );
    return { outputs, counter: view.getUint32(5, true), class: view.getUint16(1, true) };
  }

  /** Which slot runs. */
  async activeSlot(): Promise<number> {
    return (await this.ask({ type: 'hello' })).payload[8];
  }
}

/** The host build of the firmware as a process, with its exit status. */
export class HostProcess implements ByteLine {
  readonly #process: ChildProcess;
  readonly exited: Promise<number | null>;
  errors = '';

  constructor(flashPath: string, binary = HOST_BINARY) {
    this.#process = spawn(binary, ['link', flashPath], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stdin!.on('error', () => undefined); // a dead process: the exit says so
    this.#process.stderr!.on('data', (bytes: Buffer) => (this.errors += bytes.toString()));
    this.exited = new Promise((resolve) => this.#process.once('close', (status) => resolve(status)));
  }

  write(bytes: Uint8Array): void {
    this.#process.stdin!.write(bytes);
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#process.stdout!.on('data', listener);
  }

  /** Ends it in good order. */
  close(): Promise<number | null> {
    this.#process.stdin!.end();
    return this.exited;
  }
}
