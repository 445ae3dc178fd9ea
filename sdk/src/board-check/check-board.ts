import { AdiabitError, CancelledError } from '@adiabit/simulator/errors';
import { Bench, CheckFailure, type BenchOptions, type Difference } from './bench.js';
import { CHECKS } from './checks.js';

export interface CheckOutcome {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What was seen, or why it failed or was left out. */
  readonly detail: string;
}

export interface BoardReport {
  readonly board: string;
  readonly checks: readonly CheckOutcome[];
  /** Fields that the board has other than its entry says. */
  readonly differences: readonly Difference[];
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Asks a board everything that its entry and the formats promise. What was stored on it is overwritten.
 *
 * @param onOutcome gets every answer as it comes
 * @throws CancelledError; what goes wrong on the board is in the report
 */
export async function checkBoard(
  options: BenchOptions,
  onOutcome: (outcome: CheckOutcome) => void = () => undefined,
): Promise<BoardReport> {
  const bench = new Bench(options);
  const checks: CheckOutcome[] = [];
  try {
    for (const check of CHECKS) {
      const without = check.without?.(bench.board, bench.isEmulated);
      const outcome: CheckOutcome =
        without === undefined
          ? { name: check.name, ...(await outcomeOf(check.run(bench), bench)) }
          : { name: check.name, outcome: 'skipped', detail: without };
      checks.push(outcome);
      onOutcome(outcome);
    }
  } finally {
    await bench.close();
  }
  const count = (wanted: CheckOutcome['outcome']): number => checks.filter(({ outcome }) => outcome === wanted).length;
  return {
    board: bench.board.id,
    checks,
    differences: bench.differences,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
  };
}

/**
 * Runs one check. If it fails, the port is closed, so that the next one starts with a board that has been told nothing.
 */
async function outcomeOf(run: Promise<string>, bench: Bench): Promise<Omit<CheckOutcome, 'name'>> {
  try {
    return { outcome: 'passed', detail: await run };
  } catch (error) {
    if (error instanceof CancelledError || !isOfTheBoard(error)) throw error;
    await bench.close().catch(() => undefined);
    return { outcome: 'failed', detail: error.message };
  }
}

const isOfTheBoard = (error: unknown): error is Error => error instanceof CheckFailure || error instanceof AdiabitError;
