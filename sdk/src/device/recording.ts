import { FormatError } from '@adiabit/simulator/errors';
import type { Transport } from './transport.js';

/** Bytes on a line, as they went over it. */
export interface RecordedBytes {
  /** Since the recording began, in milliseconds. */
  readonly timeMs: number;
  readonly from: 'host' | 'device';
  readonly bytes: Uint8Array;
}

/** What went over a line in one sitting, so that it can be looked at, and answered from, without the device. */
export interface Recording {
  /** The device, in words for people. */
  readonly device: string;
  /** When it began, in milliseconds since 1970. */
  readonly startedMs: number;
  readonly pieces: readonly RecordedBytes[];
}

const KIND = 'adiabit recording';
const VERSION = 1;

/** Writes a recording as text: JSON in lines, the first about all of it, then one for each piece. */
export function encodeRecording({ device, startedMs, pieces }: Recording): string {
  const head = { kind: KIND, version: VERSION, device, startedMs };
  const lines = pieces.map(({ timeMs, from, bytes }) => ({
    timeMs,
    from,
    bytes: Buffer.from(bytes).toString('base64'),
  }));
  return [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/**
 * Reads what {@link encodeRecording} wrote. A last line that is cut off is left out: the recording ended there.
 * @throws FormatError `format.bad-magic` for other text, `format.unsupported-version`, `format.bad-value` naming the line
 */
export function decodeRecording(text: string): Recording {
  const [first = '', ...rest] = text.split('\n');
  const head = parsed(first);
  if (head?.['kind'] !== KIND) {
    throw new FormatError(
      'bad-magic',
      'This is no recording of a device. Choose a file that "Record" in the log has made.',
    );
  }
  if (head['version'] !== VERSION) {
    const message = `The recording has version ${String(head['version'])}, this Adiabit reads version ${VERSION}. Update Adiabit.`;
    throw new FormatError('unsupported-version', message);
  }
  const { device, startedMs } = head;
  if (typeof device !== 'string' || typeof startedMs !== 'number') throw badLine(1);
  // Behind the last line feed is nothing, or a line that was not written whole.
  const pieces = rest.slice(0, -1).map((line, index) => {
    const piece = pieceOf(parsed(line));
    if (piece === undefined) throw badLine(index + 2);
    return piece;
  });
  return { device, startedMs, pieces };
}

const badLine = (line: number): FormatError =>
  new FormatError('bad-value', `Line ${line} of the recording is damaged. Copy the file again.`, { line });

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function pieceOf(value: Readonly<Record<string, unknown>> | undefined): RecordedBytes | undefined {
  if (value === undefined) return undefined;
  const { timeMs, from, bytes } = value;
  if (typeof timeMs !== 'number' || (from !== 'host' && from !== 'device') || typeof bytes !== 'string')
    return undefined;
  return { timeMs, from, bytes: new Uint8Array(Buffer.from(bytes, 'base64')) };
}

/** Takes down what goes over a line, from now on. */
export class Recorder {
  readonly #device: string;
  readonly #now: () => number;
  readonly #startedMs: number;
  readonly #pieces: RecordedBytes[] = [];
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param maxBytes where it stops by itself */
  constructor(device: string, { now = Date.now, maxBytes = 64 * 2 ** 20 } = {}) {
    this.#device = device;
    this.#now = now;
    this.#startedMs = now();
    this.#maxBytes = maxBytes;
  }

  /** Bytes taken down so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it has stopped by itself because it is full. */
  get isFull(): boolean {
    return this.#bytes >= this.#maxBytes;
  }

  add(from: RecordedBytes['from'], bytes: Uint8Array): void {
    if (this.isFull) return;
    this.#bytes += bytes.length;
    this.#pieces.push({ timeMs: this.#now() - this.#startedMs, from, bytes: bytes.slice() });
  }

  recording = (): Recording => ({ device: this.#device, startedMs: this.#startedMs, pieces: [...this.#pieces] });
}

/** Puts a recorder on a line. */
export function recordTransport(transport: Transport, recorder: Recorder): Transport {
  transport.onData((bytes) => recorder.add('device', bytes));
  return {
    description: transport.description,
    ...(transport.bytesPerSecond === undefined ? {} : { bytesPerSecond: transport.bytesPerSecond }),
    ...(transport.patience === undefined ? {} : { patience: transport.patience }),
    write: (bytes) => {
      recorder.add('host', bytes);
      return transport.write(bytes);
    },
    onData: (listener) => transport.onData(listener),
    onClose: (listener) => transport.onClose(listener),
    close: () => transport.close(),
  };
}
