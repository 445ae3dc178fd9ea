import { openPort, type Transport } from '@adiabit/sdk/device';
import { visible } from '@adiabit/simulator/text';
import type { SensorRows } from '../../common/contract/live.js';
import { failureOf } from '../../common/failure.js';
import type { Emit } from '../serve.js';
import { throttle } from '../throttle.js';

const TELL_MS = 50;
/** The most rows of one telling: of a sensor that spams, the newest count. */
const TELL_ROWS = 256;
/** Of a longer line the rest is dropped: it is none of numbers. */
const MAX_LINE_CHARACTERS = 4096;
const BAD_LINE_SHOWN = 60;

/** Splits what comes over a line into rows of numbers. */
export class RowReader {
  readonly #decoder = new TextDecoder();
  #line = '';
  #badLines = 0;
  #lastBadLine: string | undefined;

  /** Takes bytes, and returns the rows that are complete with them. Numbers stand apart by commas, semicolons, tabs or spaces. */
  push(bytes: Uint8Array): readonly (readonly number[])[] {
    const lines = (this.#line + this.#decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r/);
    this.#line = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    return lines.flatMap((line) => this.#rowOf(line.trim()));
  }

  get bad(): Omit<SensorRows, 'rows'> {
    return {
      badLines: this.#badLines,
      ...(this.#lastBadLine === undefined ? {} : { lastBadLine: this.#lastBadLine }),
    };
  }

  #rowOf(line: string): readonly (readonly number[])[] {
    if (line === '') return [];
    const row = line.split(/\s*[,;\t]\s*|\s+/).map((field) => (field === '' ? NaN : Number(field)));
    if (row.every(Number.isFinite)) return [row];
    this.#badLines++;
    this.#lastBadLine = visible(line.slice(0, BAD_LINE_SHOWN));
    return [];
  }
}

/** A port with a sensor behind it that sends lines of numbers; one at a time. */
export class Sensor {
  readonly #emit: Emit;
  readonly #open: typeof openPort;
  #line: Transport | undefined;
  #stopTelling: () => void = () => undefined;

  constructor(emit: Emit, open: typeof openPort = openPort) {
    this.#emit = emit;
    this.#open = open;
  }

  /** @throws TransportError as `openPort` does */
  async open(path: string, baudRate: number): Promise<void> {
    await this.close();
    const line = await this.#open(path, { baudRate });
    const reader = new RowReader();
    let rows: readonly (readonly number[])[] = [];
    const telling = throttle(TELL_MS, () => {
      this.#emit('sensorRows', { rows, ...reader.bad });
      rows = [];
    });
    line.onData((bytes) => {
      rows = [...rows, ...reader.push(bytes)].slice(-TELL_ROWS);
      telling.call();
    });
    line.onClose((error) => {
      telling.stop();
      if (this.#line === line) this.#line = undefined;
      this.#emit('sensor', { path, state: 'closed', ...(error === undefined ? {} : { error: failureOf(error) }) });
    });
    this.#line = line;
    this.#stopTelling = telling.stop;
    this.#emit('sensor', { path, state: 'open' });
  }

  async close(): Promise<void> {
    const line = this.#line;
    this.#line = undefined;
    this.#stopTelling();
    await line?.close();
  }
}
