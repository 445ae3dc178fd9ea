/** Narrow no-break space: separates groups of three digits, and a number from the symbol of its unit. */
export const THIN = '\u202f';
/** No-break space: keeps a number with the word it counts. */
export const TIE = '\u00a0';

/** Writes 1 234 567.89 with a fixed number of decimals; what is not a number is a dash. */
export function decimal(value: number, digits: number): string {
  if (!Number.isFinite(value)) return '–';
  const [whole, ...fraction] = Math.abs(value).toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  return (value < 0 ? '−' : '') + [grouped, ...fraction].join('.');
}

/** Writes a whole number, or one with as many decimals as three significant digits need. */
export const count = (value: number): string =>
  decimal(value, Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);

export const withUnit = (value: string, unit: string): string => value + THIN + unit;

/** Writes a fraction of 1 in percent. Only what is complete reads 100 %. */
export function percent(fraction: number, digits = 2): string {
  const almost = 100 - 10 ** -digits;
  return withUnit(decimal(fraction < 1 ? Math.min(fraction * 100, almost) : fraction * 100, digits), '%');
}

export function seconds(value: number): string {
  if (value < 60) return withUnit(decimal(value, value < 10 ? 2 : 1), 's');
  const whole = Math.round(value);
  return `${withUnit(count(Math.floor(whole / 60)), 'min')} ${withUnit(count(whole % 60), 's')}`;
}

export const kibibytes = (bytes: number): string => withUnit(decimal(bytes / 1024, 1), 'KiB');

/** Writes bytes, and how many KiB that is where it helps. */
export const bytes = (value: number): string => plural(value, 'byte') + (value >= 1024 ? ` (${kibibytes(value)})` : '');

/** Writes text such as "1 vector", "2 vectors". */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  count(value) + TIE + (value === 1 ? one : many);

/** Writes a setting such as a learning rate or a sharpness, as it was chosen: up to four significant digits. */
export const setting = (value: number): string => {
  if (!Number.isFinite(value)) return '∞';
  const short = Number(value.toPrecision(4));
  return Math.abs(short) >= 1000 ? count(short) : String(short).replace('-', '−');
};
