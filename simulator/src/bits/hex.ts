export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Reads hexadecimal digits, two a byte. */
export const fromHex = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length >> 1 }, (_, index) =>
    Number.parseInt(text.slice(2 * index, 2 * index + 2), 16),
  );
