import { toHex } from '@adiabit/simulator/bits';
import { visible } from '@adiabit/simulator/text';
import type { LogEntry } from '../../common/contract/log.js';
import { MAX_LOG_ENTRIES } from '../../common/limits.js';
import type { NewEntry } from './wire-watcher.js';

/** How often the page is told, however much happens. */
const TELL_MS = 50;
/** The most entries of one telling: a line that spams is cut short on the page, not in the log. */
const TELL_ENTRIES = 500;

/** What happened, kept whether the device is still there or not. The oldest entries make room for new ones. */
export class Log {
  readonly #tell: (entries: readonly LogEntry[]) => void;
  readonly #now: () => number;
  #entries: LogEntry[] = [];
  #next = 0;
  #untold: LogEntry[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (entries: readonly LogEntry[]) => void, now: () => number = Date.now) {
    this.#tell = tell;
    this.#now = now;
  }

  add(entry: NewEntry, device?: string): void {
    const added = { number: this.#next++, timeMs: this.#now(), ...entry, ...(device === undefined ? {} : { device }) };
    this.#entries.push(added);
    // Half is dropped at a time, so that dropping costs nothing for an entry.
    if (this.#entries.length > 2 * MAX_LOG_ENTRIES) this.#entries = this.#entries.slice(-MAX_LOG_ENTRIES);
    this.#untold.push(added);
    this.#timer ??= setTimeout(() => this.#tellNow(), TELL_MS);
  }

  /** Returns what is kept of the entries from a number on. */
  from(number: number): readonly LogEntry[] {
    const kept = this.#entries.slice(-MAX_LOG_ENTRIES);
    const first = kept.at(0)?.number ?? 0;
    return kept.slice(Math.max(0, number - first));
  }

  /** Returns the log as text, a line an entry. */
  text(): string {
    const line = ({ timeMs, device = '', kind, what, fields, bytes }: LogEntry): string =>
      [new Date(timeMs).toISOString(), visible(device), kind, what, visible(fields), bytes ? toHex(bytes) : ''].join(
        '\t',
      );
    return ['time\tdevice\tkind\tmessage\tfields\tbytes', ...this.from(0).map(line), ''].join('\n');
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #tellNow(): void {
    this.#timer = undefined;
    const told = this.#untold.slice(-TELL_ENTRIES);
    this.#untold = [];
    this.#tell(told);
  }
}
