const UNITS = ['B', 'kB', 'MB', 'GB'] as const;

/** Writes a number of bytes with three digits: `17.2 kB`. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** Writes a whole number in groups of three. */
export const whole = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });

export const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;

export const seconds = (value: number): string =>
  value < 10
    ? `${value.toFixed(1)} s`
    : value < 90
      ? `${value.toFixed(0)} s`
      : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;

/** Writes a frequency: `125 MHz`. */
export const hertz = (value: number): string =>
  value >= 1e6
    ? `${Number((value / 1e6).toFixed(2))} MHz`
    : value >= 1e3
      ? `${Number((value / 1e3).toFixed(2))} kHz`
      : `${value} Hz`;

/** Writes the time of day with milliseconds. */
export function clock(timeMs: number): string {
  const date = new Date(timeMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Shortens a digest or a chip's number: its first and last places. */
export const short = (hex: string): string => (hex.length <= 12 ? hex : `${hex.slice(0, 6)}…${hex.slice(-4)}`);
