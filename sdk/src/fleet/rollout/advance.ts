import type {
  GroupState,
  PauseReason,
  RolloutDefinition,
  RolloutPhase,
  RolloutState,
  TargetState,
} from '../contract/index.js';
import { isOver, openPhase } from './apply.js';
import type { RolloutAction } from './events.js';
import { shareOut } from './groups.js';
import { countPhases, judgeGroup, type GroupVerdict } from './thresholds.js';
import { wishId } from './wish-id.js';

/** A state, and what has to be done for it to be true. */
export interface Advanced {
  readonly state: RolloutState;
  readonly actions: readonly RolloutAction[];
}

/** Does what follows from a state: makes groups, begins them, stops, wishes. Once it has, nothing more follows. */
export function advance(definition: RolloutDefinition, before: RolloutState): Advanced {
  if (isOver(before)) return { state: before, actions: [] };
  if (!before.isStarted || !before.groups[0].isApproved)
    return { state: { ...before, phase: phaseOf(before, []) }, actions: [] };
  const judged = judge(definition, shareOut(definition, before));
  const turned = turnBack(definition, judged);
  const wished = wishForward(definition, turned.state);
  const state = { ...wished.state, phase: phaseOf(wished.state, judgeAll(definition, wished.state)) };
  return { state, actions: [...turned.actions, ...wished.actions] };
}

/** Tells what to take back when a rollout is aborted: what was wished of boards that are not done with it. */
export const withdrawals = ({ id }: RolloutDefinition, { targets }: RolloutState): readonly RolloutAction[] =>
  Object.entries(targets)
    .filter(([, { phase }]) => phase === 'running' || phase === 'unreachable')
    .map(([chip, { attempt, back = false }]) => ({ type: 'withdraw', chip, id: wishId(id, { attempt, back }) }));

/** Tells which wishes stand, so that they can be made again. */
export const openWishes = ({ id, circuit }: RolloutDefinition, { targets }: RolloutState): readonly RolloutAction[] =>
  Object.entries(targets)
    .filter(([, { phase }]) => phase === 'running' || phase === 'unreachable')
    .map(([chip, { attempt, back = false, previous }]) => ({
      type: 'wish',
      chip,
      id: wishId(id, { attempt, back }),
      circuit: back ? (previous ?? circuit) : circuit,
      back,
      previous,
    }));

const judgeAll = ({ groups }: RolloutDefinition, state: RolloutState): readonly GroupVerdict[] =>
  countPhases(state).map((counts, index) => judgeGroup(groups[index], state.groups[index], counts));

/** Begins the groups whose turn it is, ends those that are done, and stops the rollout at a group that fails. */
function judge(definition: RolloutDefinition, state: RolloutState): RolloutState {
  const verdicts = judgeAll(definition, state);
  let pause = state.pause;
  let isTurn = Object.keys(state.targets).length > 0;
  const groups = state.groups.map((group, index): GroupState => {
    const begins = group.phase === 'scheduled' && isTurn && pause === undefined && group.isApproved;
    if (!begins && (group.phase === 'scheduled' || group.phase === 'error')) {
      isTurn = false;
      return group;
    }
    const verdict = verdicts[index];
    const stop = stopReason(verdict);
    if (stop !== undefined) {
      if (pause !== 'errors') pause = stop;
      isTurn = false;
      return { ...group, phase: stop === 'errors' ? 'error' : 'running' };
    }
    isTurn &&= verdict.hasEnoughSuccesses;
    return { ...group, phase: verdict.hasEnoughSuccesses && verdict.isSettled ? 'finished' : 'running' };
  });
  return { ...state, pause, groups };
}

function stopReason({ hasTooManyErrors, isOutOfReach }: GroupVerdict): PauseReason | undefined {
  if (hasTooManyErrors) return 'errors';
  return isOutOfReach ? 'successOutOfReach' : undefined;
}

/** Wishes the circuit of before on the boards of a group that failed, where the definition says so. */
function turnBack({ id, onError }: RolloutDefinition, state: RolloutState): Advanced {
  const hasFailed = state.groups.map(({ phase }) => phase === 'error');
  if (onError === 'pause' || !hasFailed.includes(true)) return { state, actions: [] };
  return wishEach(id, state, ({ group, previous, back, attempt, phase }) => {
    if (group === undefined || !hasFailed[group] || previous === undefined || attempt === 0) return undefined;
    if (back === true) return phase === 'scheduled' ? { circuit: previous, back } : undefined;
    // A board that failed has gone back by itself.
    return phase === 'failed' ? undefined : { circuit: previous, back: true };
  });
}

/** Wishes the new circuit on the boards whose turn it is. */
function wishForward({ id, circuit, atOnce = Infinity }: RolloutDefinition, state: RolloutState): Advanced {
  if (state.pause !== undefined) return { state, actions: [] };
  let room = atOnce - Object.values(state.targets).filter(({ phase }) => phase === 'running').length;
  return wishEach(id, state, ({ group, phase, previous, isAway, back = false }) => {
    if (phase !== 'scheduled' || group === undefined || state.groups[group].phase === 'scheduled') return undefined;
    if (isAway !== true && room-- <= 0) return undefined;
    return back ? { circuit: previous ?? circuit, back } : { circuit, back };
  });
}

/** Makes a wish for every board for which `choose` gives a circuit. */
function wishEach(
  rollout: string,
  state: RolloutState,
  choose: (target: TargetState) => { readonly circuit: string; readonly back: boolean } | undefined,
): Advanced {
  const targets: Record<string, TargetState> = { ...state.targets };
  const actions: RolloutAction[] = [];
  for (const [chip, target] of Object.entries(state.targets)) {
    const chosen = choose(target);
    if (chosen === undefined) continue;
    const { circuit, back } = chosen;
    const attempt = back === (target.back === true) ? target.attempt + 1 : 1;
    targets[chip] = { ...target, attempt, back: back ? true : undefined, phase: openPhase(target) };
    actions.push({
      type: 'wish',
      chip,
      id: wishId(rollout, { attempt, back }),
      circuit,
      back,
      previous: target.previous,
    });
  }
  return actions.length === 0 ? { state, actions } : { state: { ...state, targets }, actions };
}

function phaseOf(state: RolloutState, verdicts: readonly GroupVerdict[]): RolloutPhase {
  const { groups, isStarted, pause } = state;
  if (!groups[0].isApproved) return 'waitingForApproval';
  if (!isStarted) return 'ready';
  if (pause !== undefined) return 'paused';
  if (groups.every(({ phase }) => phase === 'finished')) return 'finished';
  const next = groups.findIndex(({ phase }) => phase === 'scheduled');
  const isWaiting = next > 0 && !groups[next].isApproved && verdicts[next - 1].hasEnoughSuccesses;
  return isWaiting ? 'waitingForApproval' : 'running';
}
