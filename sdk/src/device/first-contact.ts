import { ProtocolError } from '../protocol/errors.js';
import type { Clock } from './clock.js';
import { TransportError } from './errors.js';
import { LINE_END_AFTER_MS } from './timeouts.js';
import type { Transport } from './transport.js';

const KEPT_BYTES = 256;
const SHOWN_CHARACTERS = 80;
const SHOWN_BYTES = 16;

/** What makes a shell or an interpreter print its prompt. */
const LINE_END = Uint8Array.of(13, 10);

/**
 * Remembers the first bytes that come from a transport, to say what is there when it is no Adiabit device. Consoles
 * that wait for a line to end get an end of line, after the last hello: a device takes it for a frame that never came
 * whole.
 */
export class FirstContact {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #stopListening: () => void;
  readonly #stopWaiting: () => void;
  #seen = new Uint8Array(0);

  /** `patience` multiplies waiting times. */
  constructor(transport: Transport, clock: Clock, patience: number) {
    this.#transport = transport;
    this.#clock = clock;
    this.#startedMs = clock.now();
    this.#stopListening = transport.onData((bytes) => {
      this.#seen = Uint8Array.from([...this.#seen, ...bytes.subarray(0, KEPT_BYTES - this.#seen.length)]);
    });
    this.#stopWaiting = clock.after(LINE_END_AFTER_MS * patience, () => {
      // A transport that breaks here breaks for the hello, too, which says so.
      if (this.#seen.length === 0) transport.write(LINE_END).catch(() => undefined);
    });
  }

  stop(): void {
    this.#stopListening();
    this.#stopWaiting();
  }

  /** Returns the error for a hello that nobody answered. */
  explain(cause: unknown): Error {
    const where = this.#transport.description;
    const waited = `within ${((this.#clock.now() - this.#startedMs) / 1000).toFixed(1)} s`;
    const seen = this.#seen;
    if (seen.length === 0) {
      return new TransportError(
        'timeout',
        `Nothing answers on ${where} ${waited}. Check that the board has power and Adiabit firmware, that the port is the ` +
          "board's, and that the baud rate is the firmware's.",
        { transport: where, seenBytes: 0 },
        cause,
      );
    }
    const text = printable(seen);
    const what =
      text === undefined
        ? `bytes that make no sense (${hexOf(seen)}): the baud rate may be wrong, or it is another program`
        : `text ("${text}"): another program is running on the board`;
    return new ProtocolError(
      'unexpected-reply',
      `No Adiabit firmware answers on ${where} ${waited}. It sends ${what}. Check the port and the baud rate, or flash the ` +
        'Adiabit firmware onto the board.',
      { transport: where, seenBytes: seen.length },
    );
  }
}

/** Returns the first line of what a console prints, undefined when it is not mostly text. */
function printable(bytes: Uint8Array): string | undefined {
  const isText = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || byte === 9 || byte === 10 || byte === 13;
  if (bytes.filter(isText).length < 0.9 * bytes.length) return undefined;
  const text = Array.from(bytes, (byte) => (isText(byte) ? String.fromCharCode(byte) : '?')).join('');
  const line = text.split(/[\r\n]+/).find((part) => part.trim() !== '') ?? '';
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}...` : line;
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ') +
  (bytes.length > SHOWN_BYTES ? ' ...' : '');
