import bundle from 'mathjs/lib/browser/math.js';

/** Exact fractions of mathjs, from its build in one file: the package's main module loads a thousand, which takes a second. */
export const { fraction } = bundle;
export type { Fraction } from 'mathjs';
