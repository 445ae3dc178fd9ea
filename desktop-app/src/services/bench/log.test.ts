import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogEntry } from '../../common/contract/log.js';
import { MAX_LOG_ENTRIES } from '../../common/limits.js';
import { Log } from './log.js';

const note = (what: string) => ({ kind: 'note', what, fields: '' }) as const;

describe('the log', () => {
  let told: (readonly LogEntry[])[];
  let log: Log;
  beforeEach(() => {
    vi.useFakeTimers();
    told = [];
    log = new Log(
      (entries) => told.push(entries),
      () => 1000,
    );
  });
  afterEach(() => {
    log.close();
    vi.useRealTimers();
  });

  it('numbers its entries, and tells those of 50 ms together', () => {
    log.add(note('first'), 'board');
    log.add(note('second'));
    vi.advanceTimersByTime(50);
    log.add(note('third'));
    vi.advanceTimersByTime(50);
    expect(told.map((entries) => entries.map(({ number, what }) => [number, what]))).toEqual([
      [
        [0, 'first'],
        [1, 'second'],
      ],
      [[2, 'third']],
    ]);
    expect(log.from(1).map(({ what }) => what)).toEqual(['second', 'third']);
    expect(log.from(99)).toEqual([]);
  });

  it('keeps the newest entries, and tells no more of a flood than can be read', () => {
    for (let index = 0; index < 3 * MAX_LOG_ENTRIES; index++) log.add(note('flood'));
    expect(log.from(0)).toHaveLength(MAX_LOG_ENTRIES);
    expect(log.from(0).at(-1)?.number).toBe(3 * MAX_LOG_ENTRIES - 1);
    expect(log.from(3 * MAX_LOG_ENTRIES - 2).map(({ number }) => number)).toEqual([
      3 * MAX_LOG_ENTRIES - 2,
      3 * MAX_LOG_ENTRIES - 1,
    ]);
    vi.advanceTimersByTime(50);
    expect(told.map(({ length }) => length)).toEqual([500]);
  });

  it('writes a line an entry, with bytes as hexadecimal and hostile text made visible', () => {
    log.add({ kind: 'noise', what: 'noise', fields: 'a\tb\u001b[2J', bytes: Uint8Array.of(1, 255) }, 'board');
    const [head, line, end] = log.text().split('\n');
    expect(head.split('\t')).toHaveLength(6);
    expect(line.split('\t')).toHaveLength(6);
    expect(line).toContain('01ff');
    expect(line).not.toContain('\u001b');
    expect(end).toBe('');
  });
});
