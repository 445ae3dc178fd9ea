import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { throttle } from './throttle.js';

describe('a throttle', () => {
  let count = 0;
  const { call, stop } = throttle(50, () => count++);
  beforeEach(() => {
    vi.useFakeTimers();
    count = 0;
  });
  afterEach(() => vi.useRealTimers());

  it('makes one call of several in a turn, at once, and the next one only after its time', () => {
    call();
    call();
    vi.advanceTimersByTime(0);
    expect(count).toBe(1);
    call();
    vi.advanceTimersByTime(49);
    expect(count).toBe(1);
    vi.advanceTimersByTime(1);
    expect(count).toBe(2);
    vi.advanceTimersByTime(500);
    expect(count).toBe(2);
  });

  it('calls no more when it is stopped', () => {
    call();
    stop();
    vi.advanceTimersByTime(500);
    expect(count).toBe(0);
  });
});
