import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeFrame, encodeRequest } from '@adiabit/sdk/protocol';
import { watchWire, type NewEntry } from './wire-watcher.js';

describe('what is seen on a line', () => {
  let entries: NewEntry[];
  let line: ReturnType<typeof watchWire>;
  beforeEach(() => {
    vi.useFakeTimers();
    entries = [];
    line = watchWire((entry) => entries.push(entry));
  });
  afterEach(() => vi.useRealTimers());

  it('is a message by its name, in whatever pieces it comes', () => {
    const bytes = encodeFrame(encodeRequest({ type: 'slots' }, 7));
    for (const byte of bytes) line.sent(Uint8Array.of(byte));
    expect(entries).toMatchObject([{ kind: 'sent', what: 'slots' }]);
  });

  it('is one entry for all noise of a while, with its first bytes', () => {
    for (let piece = 0; piece < 1000; piece++) line.received(Uint8Array.of(9, 9, 9, 0));
    expect(entries).toEqual([]);
    vi.advanceTimersByTime(250);
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ kind: 'noise', bytes: Uint8Array.of(9, 9, 9) });
    expect(entries[0].fields).toMatch(/^3000 bytes in 1000 pieces, /);
    vi.advanceTimersByTime(1000);
    expect(entries).toHaveLength(1);
  });
});
