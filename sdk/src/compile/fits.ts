import type { Estimate } from './estimate.js';
import { refuseBudget } from './folding/choose-folding.js';

/** What a circuit may take of a chip. */
export type Room = Pick<Estimate, 'luts' | 'registers' | 'memoryBits'>;

/** What to do when there is not enough. */
export interface FitHints {
  readonly memory: string;
  readonly logic: string;
  /** Options of the caller that the hints are about. */
  readonly options?: readonly string[];
}

/**
 * Checks that a circuit has room.
 * @throws CompileError `compile.budget-exceeded` with need and have, when a circuit takes more than there is
 */
export function checkFits(need: Room, have: Room, where: string, hints: FitHints): void {
  if (need.memoryBits > have.memoryBits)
    refuseBudget('memory bits', need.memoryBits, have.memoryBits, where, hints.memory, hints.options);
  if (need.luts > have.luts) refuseBudget('look-up tables', need.luts, have.luts, where, hints.logic, hints.options);
  if (need.registers > have.registers)
    refuseBudget('registers', need.registers, have.registers, where, hints.logic, hints.options);
}
