const UNITS = [
  ['s', 1],
  ['ms', 1e3],
  ['µs', 1e6],
  ['ns', 1e9],
] as const;

/** Writes the time that cycles take at a clock, in the unit that suits it. */
export function timeOf(cycles: number, clockMHz: number): string {
  const seconds = cycles / (clockMHz * 1e6);
  const [unit, factor] = UNITS.find(([, scale]) => Math.abs(seconds) * scale >= 1) ?? UNITS[3];
  return `${Number((seconds * factor).toPrecision(4))} ${unit}`;
}
