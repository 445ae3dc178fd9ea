import type { RolloutDefinition, RolloutState } from '../contract/index.js';
import { advance, withdrawals, type Advanced } from './advance.js';
import { applyEvent } from './apply.js';
import type { RolloutEvent } from './events.js';

/**
 * Tells what a rollout becomes by an event, and what has to be done. Pure: the same events give the same state, however often
 * each comes. Who calls it keeps the state before carrying out the actions, and may carry them out more than once.
 */
export function reduceRollout(definition: RolloutDefinition, state: RolloutState, event: RolloutEvent): Advanced {
  const applied = applyEvent(definition, state, event);
  if (applied === state && event.type !== 'look') return { state, actions: [] };
  if (applied.phase === 'aborted' && state.phase !== 'aborted')
    return { state: applied, actions: withdrawals(definition, applied) };
  return advance(definition, applied);
}
