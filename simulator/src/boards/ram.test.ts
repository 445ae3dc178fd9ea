import { describe, expect, it } from 'vitest';
import { RAM_AT_POWER_ON, stackHighWater } from './ram.js';

describe('the high-water mark of a stack', () => {
  const untouched = new Uint8Array(16).fill(RAM_AT_POWER_ON);

  it('is zero where nothing was ever written', () => {
    expect(stackHighWater(untouched)).toBe(0);
  });

  it('reaches down to the lowest byte that was written, whatever lies above it', () => {
    const ram = untouched.slice();
    ram[15] = 0;
    ram[5] = 7;
    expect(stackHighWater(ram)).toBe(11);
  });

  it('is the whole region when its lowest byte was written', () => {
    const ram = untouched.slice();
    ram[0] = 0;
    expect(stackHighWater(ram)).toBe(16);
  });
});
