/** How people write the fields of a manifest. */
import { PRODUCT_NAME } from '@adiabit/simulator/bitstream';
import { SignatureError } from './errors.js';

export const PRODUCT_RULE = 'lower-case letters, digits, "." and "-", at most 32 in all';

/** @throws SignatureError `signature.bad-option` for what is no name of a product */
export function checkProduct(product: string): void {
  if (PRODUCT_NAME.test(product)) return;
  const message = `"${product}" is no name of a product: give ${PRODUCT_RULE}.`;
  throw new SignatureError('bad-option', message, { product });
}

/** The highest security counter. */
export const MAX_COUNTER = 0xffff_ffff;
const MOST_OF_A_VERSION = 255;
export const FIRMWARE_VERSION_RULE = 'two numbers up to 255 with a point between them, such as 0.2';

/** Reads a version of firmware, such as 0.2; undefined for what is none. */
export function firmwareVersion(text: string): { readonly major: number; readonly minor: number } | undefined {
  const [, major, minor] = (/^(\d{1,3})\.(\d{1,3})$/.exec(text) ?? []).map(Number);
  return major <= MOST_OF_A_VERSION && minor <= MOST_OF_A_VERSION ? { major, minor } : undefined;
}
