import { z } from 'zod';
import { MANIFEST_BOARD, PRODUCT_NAME } from '@adiabit/simulator/bitstream';
import { FIRMWARE_VERSION_RULE, firmwareVersion, MAX_COUNTER, PRODUCT_RULE } from '../signature/manifest-fields.js';
import { DOMAIN_NAME } from '../signature/suit/identifiers.js';

/** What a config may say of signing. */
export const signingSchema = z.strictObject({
  product: z.string().regex(PRODUCT_NAME, `give ${PRODUCT_RULE}`),
  securityCounter: z.int().min(0).max(MAX_COUNTER),
  board: z.string().regex(MANIFEST_BOARD, 'give the id of a board, such as rp2040').optional(),
  minimumFirmware: z
    .string()
    .refine((text) => firmwareVersion(text) !== undefined, `give ${FIRMWARE_VERSION_RULE}`)
    .optional(),
  vendor: z.string().regex(DOMAIN_NAME, 'give a domain name in lower case, such as acme.example').optional(),
});
