import { useEffect, useState } from 'preact/hooks';

const dark = window.matchMedia('(prefers-color-scheme: dark)');

/** Draws anew when the colours change; the number does. */
export function useTheme(): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const changed = (): void => setCount((before) => before + 1);
    dark.addEventListener('change', changed);
    return () => dark.removeEventListener('change', changed);
  }, []);
  return count;
}

/** Reads a colour of the style sheet, such as `--ink`. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Makes `#rrggbb` a pixel of a canvas: 0xAABBGGRR. */
export function pixelOf(hex: string): number {
  const value = Number.parseInt(hex.slice(1), 16);
  return (0xff000000 | ((value & 0xff) << 16) | (value & 0xff00) | (value >>> 16)) >>> 0;
}

/** Mixes two pixels: `share` of the second. */
export function mixed(one: number, other: number, share: number): number {
  let pixel = 0xff000000;
  for (const shift of [0, 8, 16]) {
    const [a, b] = [(one >>> shift) & 0xff, (other >>> shift) & 0xff];
    pixel |= Math.round(a + (b - a) * share) << shift;
  }
  return pixel >>> 0;
}
