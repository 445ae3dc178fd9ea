import { advance, type Advanced } from './advance.js';
import { applyEvent } from './apply.js';
import type { RolloutDefinition } from './definition.js';
import type { RolloutEvent } from './events.js';
import type { RolloutState } from './state.js';

/**
 * Tells what a rollout becomes by an event, and what has to be done. Pure: the same events give the same state, however often
 * each comes. Whoever calls it keeps the state before carrying out the commands, and may carry them out more than once.
 */
export function reduceRollout(definition: RolloutDefinition, state: RolloutState, event: RolloutEvent): Advanced {
  const applied = applyEvent(definition, state, event);
  return applied === state && event.type !== 'look' ? { state, commands: [] } : advance(definition, applied);
}
