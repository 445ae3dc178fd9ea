import { SignatureError } from './errors.js';

/** What the name of a product is made of. */
export const PRODUCT = /^[a-z0-9.-]{1,32}$/;
export const PRODUCT_RULE = 'lower-case letters, digits, "." and "-", at most 32 in all';

/** @throws SignatureError `signature.bad-manifest` for what is no name of a product */
export function checkProduct(product: string): void {
  if (PRODUCT.test(product)) return;
  const message = `"${product}" is no name of a product: give ${PRODUCT_RULE}.`;
  throw new SignatureError('bad-manifest', message, { field: 'product', actual: product });
}
