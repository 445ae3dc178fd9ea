import { withPackages } from '../packages/features.js';

/** Exact fractions of mathjs, from its build in one file: the package's main module loads a thousand, which takes a second. */
export const { fraction } = (await withPackages('training', () => import('mathjs/lib/browser/math.js'))).default;
export type { Fraction } from 'mathjs';
