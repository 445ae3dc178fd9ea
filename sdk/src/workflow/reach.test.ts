import { expect, test } from 'vitest';
import type { Machine } from '@adiabit/simulator/circuit';
import { inferencesInReach } from './reach.js';

const folded = (cells: number, latency: number, initiationInterval: number): Pick<Machine, 'netlist' | 'timing'> => ({
  netlist: { cells: { count: cells } } as Machine['netlist'],
  timing: { planes: 8, valuesPerCycle: 1, latency, initiationInterval },
});

test('all inferences of an unrolled circuit are in reach', () => {
  const { netlist } = folded(1e8, 0, 0);
  expect(inferencesInReach({ netlist, timing: { planes: 8, latency: 21, initiationInterval: 8 } })).toBe(Infinity);
});

test('of a folded circuit full passes are, fewer for more cells and cycles, and one however large it is', () => {
  const small = inferencesInReach(folded(20_000, 12_000, 8_000));
  expect(small).toBeGreaterThan(5_000);
  expect(small % 128).toBe(0);
  expect(inferencesInReach(folded(200_000, 12_000, 8_000))).toBeLessThan(small / 8);
  expect(inferencesInReach(folded(300_000, 389_184, 147_449))).toBe(128);
});
