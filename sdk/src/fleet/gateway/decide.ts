import type { Desired, Outcome } from '../contract/board.js';
import { slotWith, type BoardFacts } from './facts.js';

/** All that the next step for a board follows from. */
export interface Situation {
  readonly facts: BoardFacts;
  readonly desired: Desired | undefined;
  /** How the last wish ended. */
  readonly outcome: Outcome | undefined;
}

export type Decision =
  /** There is nothing to do. */
  | { readonly kind: 'rest' }
  /** A circuit is on trial that nobody wants: a restart brings the confirmed one back. */
  | { readonly kind: 'revert' }
  /** The board runs already what it shall. */
  | { readonly kind: 'succeed' }
  /** The circuit is in no slot: fetch its file, and flash it. */
  | { readonly kind: 'flash' }
  /** The circuit lies in a slot: try it and confirm it. */
  | { readonly kind: 'confirm'; readonly slot: number }
  /** The circuit is in no slot, and the wish names no file. */
  | { readonly kind: 'refuse' };

/**
 * Says what comes next for a board. It asks the board's own slots rather than what was done before, so a gateway that was
 * killed goes on from wherever the board is.
 */
export function decide({ facts, desired, outcome }: Situation): Decision {
  const isOnTrial = facts.active !== undefined && facts.active !== facts.confirmed;
  const left: Decision = isOnTrial ? { kind: 'revert' } : { kind: 'rest' };
  if (desired === undefined) return left;
  const hasEnded = outcome?.wish === desired.id;
  if (hasEnded && outcome.result !== 'succeeded') return left;
  if (facts.confirmed === desired.circuit) {
    if (isOnTrial) return { kind: 'revert' };
    if (facts.active === desired.circuit) return hasEnded ? { kind: 'rest' } : { kind: 'succeed' };
  }
  const stored = slotWith(facts, desired.circuit);
  if (stored !== undefined) return { kind: 'confirm', slot: stored.slot };
  return desired.blob === undefined ? { kind: 'refuse' } : { kind: 'flash' };
}
