import { Random } from '../../random.js';
import type { Desired, Reported, RolloutDefinition } from '../contract/index.js';
import type { BoardEvent, RolloutAction } from './events.js';

/** Returns what a gateway says of a board as an event. */
export function boardEvent(chip: string, reported: Reported): BoardEvent {
  const { board, tags, confirmed, current, outcome } = reported;
  return { type: 'board', chip, kind: board.kind, tags, confirmed, outcome: outcomeOf(current, outcome) };
}

function outcomeOf(current: string | undefined, outcome: Reported['outcome']): BoardEvent['outcome'] {
  if (current !== undefined) return { wish: current, result: 'running' };
  if (outcome === undefined) return undefined;
  const { wish, result, error } = outcome;
  return { wish, result: result === 'succeeded' ? 'succeeded' : 'failed', error };
}

/** Returns a wish as its board's gateway reads it. */
export function desiredOf(definition: RolloutDefinition, action: Extract<RolloutAction, { type: 'wish' }>): Desired {
  const { id, circuit, back, previous } = action;
  const wish = { version: 1, id, circuit, ...(previous === undefined ? {} : { previous }) } as const;
  // The circuit of before lies on the board, which has confirmed it once.
  if (back) return wish;
  const { blob, signedBy, canary } = definition;
  return {
    ...wish,
    blob,
    ...(signedBy === undefined ? {} : { signedBy }),
    ...(canary === undefined ? {} : { canary: { ...canary, seed: seedOf(definition) } }),
  };
}

/** Draws the seed of a rollout's canary: the same for all its boards, so that a gateway computes the answers once. */
const seedOf = ({ id }: RolloutDefinition): number => Random.fromSeed(0, `canary of ${id}`).nextWord();
