import { z } from 'zod';

export const natural = z.int().min(0);
export const positive = z.int().min(1);
/** JSON has no hexadecimal numbers, and addresses are read in hexadecimal: `"0x20000000"`, or a plain number. */
export const address = z.union([
  natural,
  z
    .string()
    .regex(/^0x[0-9A-Fa-f]{1,8}$/)
    .transform(Number),
]);
