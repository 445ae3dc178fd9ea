import { SignatureError } from '../errors.js';
import { DOMAIN_NAMES, uuidOf } from './uuid.js';

/** Whom a circuit is for, as SUIT says it: two UUIDs. */
export interface SuitIdentifiers {
  readonly vendor: Uint8Array;
  readonly class: Uint8Array;
}

/** What a vendor is named by. */
export const DOMAIN_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

/**
 * Derives the identifiers as the draft advises: the vendor's from its domain name, and the class's in the vendor's name space from the
 * product or, for a circuit of one board, from "PRODUCT BOARD". No product has a space in its name.
 * @throws SignatureError `signature.bad-option` for a vendor that is no domain name in lower case
 */
export function suitIdentifiers(vendor: string, product: string, board?: string): SuitIdentifiers {
  if (!DOMAIN_NAME.test(vendor)) {
    const message = `"${vendor}" is no vendor: give a domain name that is yours, in lower case, such as acme.example.`;
    throw new SignatureError('bad-option', message, { field: 'vendor', actual: vendor });
  }
  const vendorId = uuidOf(DOMAIN_NAMES, vendor);
  return { vendor: vendorId, class: uuidOf(vendorId, board === undefined ? product : `${product} ${board}`) };
}
