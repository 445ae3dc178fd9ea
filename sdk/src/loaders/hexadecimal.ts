/** Writes a number as `0x1F`, with at least so many digits. */
export const hexadecimal = (value: number, digits = 1): string =>
  `0x${value.toString(16).toUpperCase().padStart(digits, '0')}`;
