/** What of a waveform is on the screen: the cycle at its left edge, and the cycles in a pixel. */
export interface Window {
  readonly from: number;
  readonly perPixel: number;
}

/** A cycle takes at most so many pixels. */
const WIDEST_CYCLE = 160;

/** Shows all cycles. */
export const fit = (cycles: number, width: number): Window => ({
  from: 0,
  perPixel: Math.max(cycles, 1) / Math.max(width, 1),
});

export const cycleAt = ({ from, perPixel }: Window, x: number): number => from + x * perPixel;
export const xOf = ({ from, perPixel }: Window, cycle: number): number => (cycle - from) / perPixel;

/** Keeps a window inside of the cycles: no wider than all of them, and not beyond either end. */
export function within({ from, perPixel }: Window, cycles: number, width: number): Window {
  const scale = Math.min(Math.max(perPixel, 1 / WIDEST_CYCLE), fit(cycles, width).perPixel);
  return { from: Math.min(Math.max(0, from), Math.max(0, cycles - scale * width)), perPixel: scale };
}

/** Makes cycles wider (`factor` above 1) or narrower, around the one at `x`. */
export function zoomed(window: Window, factor: number, x: number, cycles: number, width: number): Window {
  const { perPixel } = within({ ...window, perPixel: window.perPixel / factor }, cycles, width);
  return within({ from: cycleAt(window, x) - x * perPixel, perPixel }, cycles, width);
}

export const panned = ({ from, perPixel }: Window, pixels: number, cycles: number, width: number): Window =>
  within({ from: from + pixels * perPixel, perPixel }, cycles, width);

/** Moves a window as little as brings a cycle into it. */
export function showing(window: Window, cycle: number, cycles: number, width: number): Window {
  const margin = Math.min(24, width / 4);
  const x = xOf(window, cycle + 0.5);
  if (x < margin) return panned(window, x - margin, cycles, width);
  if (x > width - margin) return panned(window, x - width + margin, cycles, width);
  return window;
}

/** Returns the cycles between two lines of the ruler: 1, 2 or 5 times a power of ten, at least `pixels` apart. */
export function tickStep({ perPixel }: Window, pixels: number): number {
  const least = perPixel * pixels;
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= least) ?? 10 * power;
}

/** Finds the last of rising numbers that is at most `value`; -1 if none is. */
export function lastAtMost(rising: ArrayLike<number>, value: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
