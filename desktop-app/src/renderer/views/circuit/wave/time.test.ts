import { describe, expect, it } from 'vitest';
import { timeOf } from './time.js';

describe('the time that cycles take', () => {
  it.each([
    [8, 100, '80 ns'],
    [-8, 100, '-80 ns'],
    [21, 16, '1.313 µs'],
    [155_272, 50, '3.105 ms'],
    [3_000_000, 1, '3 s'],
    [0, 100, '0 ns'],
  ])('of %i at %f MHz is %s', (cycles, clockMHz, text) => {
    expect(timeOf(cycles, clockMHz)).toBe(text);
  });
});
