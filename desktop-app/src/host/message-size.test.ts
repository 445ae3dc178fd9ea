import { expect, it } from 'vitest';
import { isWithin } from './message-size.js';

it('counts bytes and texts wherever they are', () => {
  const bytes = new Uint8Array(1000);
  for (const value of [
    bytes,
    { bytes },
    [[bytes]],
    new Map([[1, bytes]]),
    new Set([bytes]),
    bytes.buffer,
    'a'.repeat(500),
  ]) {
    expect(isWithin(value, 900)).toBe(false);
    expect(isWithin(value, 1100)).toBe(true);
  }
});

it('counts keys and numbers too, and ends where a value holds itself', () => {
  const own: Record<string, unknown> = { ['k'.repeat(100)]: 1 };
  own['own'] = own;
  expect(isWithin(own, 1000)).toBe(true);
  expect(isWithin(own, 100)).toBe(false);
  expect(isWithin(new Array(1000).fill(0), 1000)).toBe(false);
  expect(isWithin(undefined, 100)).toBe(true);
});
