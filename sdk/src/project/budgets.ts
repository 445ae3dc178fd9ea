import { count, percent } from '../text/format.js';
import type { BudgetsConfig, PerTarget } from './config.js';
import { ProjectError } from './errors.js';
import type { Figures } from './lock.js';

/** A budget beside what was found. */
export interface BudgetLine {
  /** As in the config, such as `maxCycles.rp2040`; `slotBytes.ID` and `workBytes.ID` are what a board has. */
  readonly budget: string;
  /** In words, such as "cycles on rp2040". */
  readonly what: string;
  readonly allowed: number;
  readonly found: number;
  readonly isMissed: boolean;
}

/** Puts every budget, and what each board has room for, beside the figures. */
export function budgetLines(
  { minAccuracy, maxCycles, maxFlashBytes, maxLuts, maxBitstreamBytes }: BudgetsConfig,
  frozenAccuracy: number,
  { bitstreamBytes, workBytes, boards, circuits }: Figures,
): readonly BudgetLine[] {
  const most = (budget: string, what: string, allowed: number | undefined, found: number | undefined): BudgetLine[] =>
    allowed === undefined || found === undefined ? [] : [{ budget, what, allowed, found, isMissed: found > allowed }];
  const accuracy: readonly BudgetLine[] =
    minAccuracy === undefined
      ? []
      : [
          {
            budget: 'minAccuracy',
            what: 'test accuracy of the frozen network',
            allowed: minAccuracy,
            found: frozenAccuracy,
            isMissed: frozenAccuracy < minAccuracy,
          },
        ];
  return [
    ...accuracy,
    ...most('maxBitstreamBytes', 'bytes of the bitstream', maxBitstreamBytes, bitstreamBytes),
    ...Object.entries(boards).flatMap(([id, board]) => [
      ...most(`slotBytes.${id}`, `bytes in a slot of ${id}`, board.slotBytes, bitstreamBytes),
      ...most(`workBytes.${id}`, `bytes of RAM on ${id}`, board.workBytes, workBytes),
      ...most(`maxFlashBytes.${id}`, `bytes of flash on ${id}`, budgetOf(maxFlashBytes, id), bitstreamBytes),
      ...most(`maxCycles.${id}`, `cycles on ${id}`, budgetOf(maxCycles, id), board.cycles),
    ]),
    ...Object.entries(circuits).flatMap(([name, { luts }]) =>
      most(`maxLuts.${name}`, `look-up tables of ${name}`, budgetOf(maxLuts, name), luts),
    ),
  ];
}

/** Returns the budget of one target. */
export const budgetOf = (budget: PerTarget | undefined, target: string): number | undefined =>
  typeof budget === 'object' ? budget[target] : budget;

/** @throws ProjectError `project.budget-missed` that lists every budget missed: what, allowed, found, and by how much */
export function checkBudgets(lines: readonly BudgetLine[], what: string): void {
  const missed = lines.filter(({ isMissed }) => isMissed);
  if (missed.length === 0) return;
  const opening = missed.length === 1 ? 'A budget is missed' : `${missed.length} budgets are missed`;
  throw new ProjectError('budget-missed', `${opening}: ${missed.map(describeMissed).join('; ')}. ${what}`, {
    budgets: missed.map(({ budget }) => budget),
    allowed: missed.map(({ allowed }) => allowed),
    found: missed.map(({ found }) => found),
  });
}

/** Says such as "cycles on rp2040: 142,021, at most 100,000 allowed, 42,021 too many (42.0 %)". */
export function describeMissed({ budget, what, allowed, found }: BudgetLine): string {
  if (budget === 'minAccuracy')
    return `${what}: ${percent(found)}, at least ${percent(allowed)} asked, ${(100 * (allowed - found)).toFixed(2)} points too few`;
  const over = found - allowed;
  const share = `${((100 * over) / allowed).toFixed(1)} %`;
  return `${what}: ${count(found)}, at most ${count(allowed)} allowed, ${count(over)} too many (${share})`;
}
