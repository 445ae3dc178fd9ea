export const FORMATS = ['bits', 'unsigned', 'signed', 'hex', 'fixed'] as const;
export type NumberFormat = (typeof FORMATS)[number];

export interface FormatChoice {
  readonly format: NumberFormat;
  /** Bits behind the point, of `fixed`. */
  readonly fractionBits: number;
}

/**
 * Writes a value of a signal, exactly.
 * @param hex its bits in hexadecimal, as many digits as they take
 * @param signed whether `fixed` reads it in two's complement; `signed` always does
 */
export function formatValue(
  hex: string,
  width: number,
  signed: boolean,
  { format, fractionBits }: FormatChoice,
): string {
  if (format === 'hex') return `0x${hex}`;
  const value = BigInt(`0x${hex}`);
  switch (format) {
    case 'bits':
      return value.toString(2).padStart(width, '0');
    case 'unsigned':
      return value.toString();
    case 'signed':
      return BigInt.asIntN(width, value).toString();
    case 'fixed':
      return fixedPoint(signed ? BigInt.asIntN(width, value) : value, fractionBits);
  }
}

/** Writes value / 2^fractionBits with all its decimals: a binary fraction has as many as it has bits. */
function fixedPoint(value: bigint, fractionBits: number): string {
  const sign = value < 0n ? '-' : '';
  const decimals = ((value < 0n ? -value : value) * 5n ** BigInt(fractionBits))
    .toString()
    .padStart(fractionBits + 1, '0');
  const point = decimals.length - fractionBits;
  const fraction = decimals.slice(point).replace(/0+$/, '');
  return `${sign}${decimals.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** How a signal is written until a person chooses otherwise. */
export const usualFormat = (width: number, signed: boolean): FormatChoice => ({
  format: width === 1 ? 'bits' : signed ? 'signed' : width <= 32 ? 'unsigned' : 'hex',
  fractionBits: 0,
});
