import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cycleAt, fit, lastAtMost, panned, showing, tickStep, within, xOf, zoomed } from './zoom.js';

const WIDTH = 800;

describe('the window of a waveform', () => {
  it('keeps the cycle under the pointer in its place while it is zoomed, as far as the ends allow', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: WIDTH }), fc.double({ min: 1, max: 8, noNaN: true }), (x, factor) => {
        const before = fit(20_000, WIDTH);
        const after = zoomed(before, factor, x, 20_000, WIDTH);
        expect(cycleAt(after, x)).toBeCloseTo(cycleAt(before, x), 6);
        expect(after.perPixel).toBeCloseTo(before.perPixel / factor, 9);
      }),
    );
  });

  it('never leaves the cycles, whatever is done to it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0.01, max: 50, noNaN: true }), fc.integer({ min: -5000, max: 5000 }))),
        fc.integer({ min: 1, max: 400_000 }),
        (steps, cycles) => {
          let window = fit(cycles, WIDTH);
          for (const [factor, pixels] of steps) {
            window = panned(zoomed(window, factor, WIDTH / 3, cycles, WIDTH), pixels, cycles, WIDTH);
            expect(window.from).toBeGreaterThanOrEqual(0);
            expect(window.perPixel).toBeLessThanOrEqual(fit(cycles, WIDTH).perPixel + 1e-9);
            if (window.from > 0) expect(cycleAt(window, WIDTH)).toBeLessThanOrEqual(cycles + 1e-6);
          }
        },
      ),
    );
  });

  it('goes down to single cycles, and shows all of them when it is fitted', () => {
    const near = zoomed(fit(400_000, WIDTH), 1e9, 10, 400_000, WIDTH);
    expect(near.perPixel).toBe(1 / 160);
    expect(xOf(fit(22, WIDTH), 22)).toBe(WIDTH);
  });

  it('moves as little as brings a cycle into sight', () => {
    const window = within({ from: 100, perPixel: 0.1 }, 1000, WIDTH);
    expect(showing(window, 140, 1000, WIDTH)).toEqual(window);
    const moved = showing(window, 300, 1000, WIDTH);
    expect(xOf(moved, 300.5)).toBeCloseTo(WIDTH - 24, 6);
    expect(xOf(showing(window, 50, 1000, WIDTH), 50.5)).toBeCloseTo(24, 6);
  });

  it('has a ruler in round numbers of cycles', () => {
    expect(tickStep({ from: 0, perPixel: 1 / 40 }, 60)).toBe(2);
    expect(tickStep({ from: 0, perPixel: 1 / 100 }, 60)).toBe(1);
    expect(tickStep({ from: 0, perPixel: 50 }, 60)).toBe(5000);
  });

  it('finds the last change before a cycle', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1000)), fc.nat(1000), (list, value) => {
        const rising = Uint32Array.from(list).sort();
        expect(lastAtMost(rising, value)).toBe(rising.findLastIndex((one) => one <= value));
      }),
    );
  });
});
