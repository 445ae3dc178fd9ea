import { isTarget, type RolloutDefinition } from './definition.js';
import type { BoardEvent, BoardOutcome, ControlCommand, RolloutEvent } from './events.js';
import type { RolloutState, TargetState } from './state.js';
import { countPhases } from './thresholds.js';
import { readWishId } from './wish-id.js';

/** Commands that are remembered, so that one that comes again is known. */
const REMEMBERED_NONCES = 256;

/** Writes down what an event says. What follows from it is for `advance`. */
export function applyEvent(definition: RolloutDefinition, state: RolloutState, event: RolloutEvent): RolloutState {
  switch (event.type) {
    case 'board':
      return applyBoard(definition, state, event);
    case 'reach':
      return changeTarget(state, event.chip, (target) => reached(target, event.isAway));
    case 'control':
      return state.nonces.includes(event.nonce)
        ? state
        : {
            ...applyControl(definition, state, event.command),
            nonces: [...state.nonces, event.nonce].slice(-REMEMBERED_NONCES),
          };
    case 'look':
      return state;
  }
}

function applyControl(definition: RolloutDefinition, state: RolloutState, command: ControlCommand): RolloutState {
  if (state.phase === 'finished' || state.isAborted) return state;
  switch (command) {
    case 'start':
      return { ...state, isStarted: true };
    case 'pause':
      return state.isStarted ? { ...state, pause: state.pause ?? 'operator' } : state;
    case 'resume':
      return resumed(state);
    case 'approve':
      return { ...state, approvedGroups: approvedAfter(definition, state) };
    case 'abort':
      return { ...state, isAborted: true };
  }
}

/** One approval is for all groups, or for the one that comes next. */
function approvedAfter({ approval, groups }: RolloutDefinition, state: RolloutState): number {
  const begun = state.groups.filter(({ phase }) => phase !== 'scheduled').length;
  return approval === 'groups' ? Math.min(groups.length, begun + 1) : groups.length;
}

/** Goes on: whatever failed so far is accepted, in the groups that had begun. */
function resumed(state: RolloutState): RolloutState {
  if (state.pause === undefined) return state;
  const counts = countPhases(state);
  const groups = state.groups.map((group, index): RolloutState['groups'][number] => {
    if (group.phase === 'scheduled') return group;
    const { failed, reverted } = counts[index];
    return { phase: 'running', accepted: state.pause === 'operator' ? group.accepted : failed + reverted };
  });
  return { ...state, pause: undefined, groups };
}

function applyBoard(definition: RolloutDefinition, state: RolloutState, event: BoardEvent): RolloutState {
  const { chip, board, confirmed, outcome } = event;
  const known = Object.hasOwn(state.targets, chip) ? state.targets[chip] : newTarget(definition, state, event);
  if (known === undefined) return state;
  // What a board had before is what it had when nothing was wished of it yet.
  const previous = known.attempt === 0 && confirmed !== definition.digest ? confirmed : known.previous;
  const target =
    known.board === board && known.previous === previous ? known : { ...known, board, previous };
  const next = outcome === undefined ? target : withOutcome(definition, target, outcome);
  return withTarget(state, chip, known, next);
}

/** Makes the entry of a board that was not known; once there are groups, it comes to the last one. */
function newTarget(definition: RolloutDefinition, state: RolloutState, event: BoardEvent): TargetState | undefined {
  if (state.phase === 'finished' || state.isAborted || !isTarget(definition, event.chip, event.board)) return undefined;
  const target: TargetState = { board: event.board, phase: 'scheduled', attempt: 0, back: false, isAway: false };
  const hasGroups = Object.values(state.targets).some(({ group }) => group !== undefined);
  return hasGroups ? { ...target, group: state.groups.length - 1 } : target;
}

/** Takes over how far a board has come, unless more is known already: outcomes come again, and late. */
function withOutcome(definition: RolloutDefinition, target: TargetState, outcome: BoardOutcome): TargetState {
  const wish = readWishId(definition.id, outcome.wish);
  if (wish === undefined) return target;
  if (wish.back !== target.back ? target.back : wish.attempt < target.attempt) return target;
  const isSame = wish.back === target.back && wish.attempt === target.attempt;
  const isOpen = target.phase === 'running' || target.phase === 'unreachable';
  if (isSame && (!isOpen || outcome.result === 'running')) return target;
  const told: TargetState = { ...target, ...wish, phase: target.isAway ? 'unreachable' : 'running' };
  if (outcome.result === 'running') return told;
  if (outcome.result === 'succeeded') return { ...told, phase: wish.back ? 'reverted' : 'succeeded', error: undefined };
  // A wish to go back is repeated too, by its own numbers.
  return { ...told, phase: wish.attempt > definition.retries ? 'failed' : 'scheduled', error: outcome.error };
}

function reached(target: TargetState, isAway: boolean): TargetState {
  if (target.isAway === isAway) return target;
  if (target.phase !== 'running' && target.phase !== 'unreachable') return { ...target, isAway };
  return { ...target, isAway, phase: isAway ? 'unreachable' : 'running' };
}

function changeTarget(state: RolloutState, chip: string, change: (target: TargetState) => TargetState): RolloutState {
  if (!Object.hasOwn(state.targets, chip)) return state;
  const target = state.targets[chip];
  return withTarget(state, chip, target, change(target));
}

const withTarget = (state: RolloutState, chip: string, before: TargetState | undefined, after: TargetState) =>
  before === after && Object.hasOwn(state.targets, chip)
    ? state
    : { ...state, targets: { ...state.targets, [chip]: after } };
