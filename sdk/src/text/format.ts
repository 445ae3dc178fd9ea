/** Writes 12345 as 12,345. */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Writes 0.9553 as 95.53 %. */
export const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;

export const bytes = (value: number): string => `${count(value)} bytes`;

/** Writes 75 as 1 min 15 s. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Writes names and values in two columns. */
export function table(rows: readonly (readonly [name: string, value: string])[], indent = '  '): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${indent}${name.padEnd(width)}  ${value}`).join('\n');
}
