import type { RolloutCommand, RolloutDefinition, RolloutState, TargetState } from '../contract/index.js';
import type { BoardEvent, RolloutEvent, WishOutcome } from './events.js';
import { hasGroups, isTarget } from './groups.js';
import { SCHEDULED } from './state.js';
import { readWishId } from './wish-id.js';

/** Commands that are remembered, so that one that comes again is known. */
const REMEMBERED_NONCES = 256;

/** Writes down what an event says. What follows from it is for `advance`. */
export function applyEvent(definition: RolloutDefinition, state: RolloutState, event: RolloutEvent): RolloutState {
  switch (event.type) {
    case 'board':
      return applyBoard(definition, state, event);
    case 'reach': {
      const target = targetOf(state, event.chip);
      return target === undefined ? state : withTarget(state, event.chip, reached(target, event.isAway));
    }
    case 'control': {
      if (state.nonces.includes(event.nonce)) return state;
      const nonces = [...state.nonces, event.nonce].slice(-REMEMBERED_NONCES);
      return { ...applyControl(state, event.command), nonces };
    }
    case 'look':
      return state;
  }
}

/** Tells whether nothing more is begun. */
export const isOver = ({ phase }: Pick<RolloutState, 'phase'>): boolean => phase === 'finished' || phase === 'aborted';

function applyControl(state: RolloutState, command: RolloutCommand): RolloutState {
  if (isOver(state)) return state;
  switch (command) {
    case 'start':
      return { ...state, isStarted: true };
    case 'pause':
      return state.isStarted ? { ...state, pause: state.pause ?? 'operator' } : state;
    case 'resume':
      return resumed(state);
    case 'approve':
      return approved(state);
    case 'abort':
      return { ...state, phase: 'aborted' };
  }
}

/** Approves the next group that waits for it. */
function approved(state: RolloutState): RolloutState {
  const next = state.groups.findIndex(({ isApproved }) => !isApproved);
  return {
    ...state,
    groups: state.groups.map((group, index) => (index === next ? { ...group, isApproved: true } : group)),
  };
}

/** Goes on: whatever has failed so far, or is on its way back, is accepted. */
function resumed(state: RolloutState): RolloutState {
  if (state.pause === undefined || state.pause === 'operator') return { ...state, pause: undefined };
  const accepted = state.groups.map(() => 0);
  for (const { group, phase, back } of Object.values(state.targets))
    if (group !== undefined && (phase === 'failed' || back === true)) accepted[group]++;
  const groups = state.groups.map((group, index): RolloutState['groups'][number] =>
    group.phase === 'scheduled' ? group : { ...group, phase: 'running', accepted: accepted[index] },
  );
  return { ...state, pause: undefined, groups };
}

function applyBoard(definition: RolloutDefinition, state: RolloutState, event: BoardEvent): RolloutState {
  const known = targetOf(state, event.chip) ?? newTarget(definition, state, event);
  if (known === undefined) return state;
  // What a board had before is what it had when nothing was wished of it yet.
  const previous = known.attempt > 0 || event.confirmed === definition.circuit ? known.previous : event.confirmed;
  const target = known.previous === previous ? known : { ...known, previous };
  const { outcome } = event;
  return withTarget(state, event.chip, outcome === undefined ? target : withOutcome(definition, target, outcome));
}

/** Makes the entry of a board that was not known. Once there are groups, it comes to the last one. */
function newTarget(definition: RolloutDefinition, state: RolloutState, event: BoardEvent): TargetState | undefined {
  if (isOver(state) || !isTarget(definition, event)) return undefined;
  return hasGroups(state) ? { ...SCHEDULED, group: state.groups.length - 1 } : SCHEDULED;
}

/** Takes over how far a board has come, unless more is known already: outcomes come again, and late. */
function withOutcome(definition: RolloutDefinition, target: TargetState, outcome: WishOutcome): TargetState {
  const wish = readWishId(definition.id, outcome.wish);
  if (wish === undefined) return target;
  const isBack = target.back === true;
  if (wish.back === isBack ? wish.attempt < target.attempt : isBack) return target;
  const isSame = wish.back === isBack && wish.attempt === target.attempt;
  const isOpen = target.phase === 'running' || target.phase === 'unreachable';
  if (isSame && (!isOpen || outcome.result === 'running')) return target;
  const told: TargetState = {
    ...target,
    attempt: wish.attempt,
    back: wish.back ? true : undefined,
    phase: openPhase(target),
  };
  if (outcome.result === 'running') return told;
  if (outcome.result === 'succeeded') return { ...told, phase: wish.back ? 'reverted' : 'succeeded', error: undefined };
  return { ...told, phase: wish.attempt > definition.retries ? 'failed' : 'scheduled', error: outcome.error };
}

/** Returns the phase of a board of which something was wished. */
export const openPhase = ({ isAway }: Pick<TargetState, 'isAway'>): 'running' | 'unreachable' =>
  isAway === true ? 'unreachable' : 'running';

function reached(before: TargetState, isAway: boolean): TargetState {
  if ((before.isAway === true) === isAway) return before;
  const target = { ...before, isAway: isAway ? (true as const) : undefined };
  const isOpen = target.phase === 'running' || target.phase === 'unreachable';
  return isOpen ? { ...target, phase: openPhase(target) } : target;
}

const targetOf = ({ targets }: RolloutState, chip: string): TargetState | undefined =>
  Object.hasOwn(targets, chip) ? targets[chip] : undefined;

const withTarget = (state: RolloutState, chip: string, target: TargetState): RolloutState =>
  target === targetOf(state, chip) ? state : { ...state, targets: { ...state.targets, [chip]: target } };
