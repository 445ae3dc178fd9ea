import { Random, permutation } from '../../random.js';
import { groupSizes, type RolloutDefinition } from './definition.js';
import type { RolloutCommand } from './events.js';
import type { GroupState, PauseReason, RolloutPhase, RolloutState, TargetState } from './state.js';
import { countPhases, judgeGroup, type GroupVerdict } from './thresholds.js';
import { wishId } from './wish-id.js';

/** A state, and what has to be done for it to be true. */
export interface Advanced {
  readonly state: RolloutState;
  readonly commands: readonly RolloutCommand[];
}

/** Does what follows from a state: makes groups, begins them, stops, wishes. Once it has, nothing more follows. */
export function advance(definition: RolloutDefinition, before: RolloutState): Advanced {
  if (before.isAborted) return aborted(definition, before);
  if (!mayBegin(before)) return { state: { ...before, phase: phaseOf(before, []) }, commands: [] };
  const shared = shareOut(definition, before);
  const judged = judge(definition, shared);
  const verdicts = judgeAll(definition, judged);
  const turned = turnBack(definition, judged);
  const wished = wishForward(definition, turned.state);
  const state = { ...wished.state, phase: phaseOf(wished.state, verdicts) };
  return { state, commands: [...turned.commands, ...wished.commands] };
}

const mayBegin = ({ isStarted, approvedGroups }: RolloutState): boolean => isStarted && approvedGroups > 0;

/** Takes back what was wished of boards that are not done with it. */
function aborted({ id }: RolloutDefinition, before: RolloutState): Advanced {
  if (before.phase === 'aborted') return { state: before, commands: [] };
  const open = Object.entries(before.targets).filter(([, { phase }]) => phase === 'running' || phase === 'unreachable');
  const commands = open.map(([chip, wish]) => ({ type: 'withdraw', chip, id: wishId(id, wish) }) as const);
  return { state: { ...before, phase: 'aborted' }, commands };
}

/** Makes the groups, when there are boards and none has a group yet: in an order that is drawn, the same each time. */
function shareOut(definition: RolloutDefinition, state: RolloutState): RolloutState {
  const chips = Object.keys(state.targets).sort();
  if (chips.length === 0 || chips.some((chip) => state.targets[chip].group !== undefined)) return state;
  const ends = groupSizes(definition.groups, chips.length).reduce<number[]>(
    (sums, size) => [...sums, (sums.at(-1) ?? 0) + size],
    [],
  );
  const order = permutation(chips.length, Random.fromSeed(definition.canary.seed, definition.id));
  const targets: Record<string, TargetState> = {};
  order.forEach((chip, place) => {
    const group = ends.findIndex((end) => place < end);
    targets[chips[chip]] = { ...state.targets[chips[chip]], group };
  });
  return { ...state, targets };
}

const judgeAll = ({ groups }: RolloutDefinition, state: RolloutState): readonly GroupVerdict[] =>
  countPhases(state).map((counts, index) => judgeGroup(groups[index], state.groups[index], counts));

/** Begins the groups whose turn it is, ends those that are done, and stops the rollout at a group that fails. */
function judge(definition: RolloutDefinition, state: RolloutState): RolloutState {
  const verdicts = judgeAll(definition, state);
  let pause = state.pause;
  let isTurn = Object.keys(state.targets).length > 0;
  const groups = state.groups.map((group, index): GroupState => {
    const verdict = verdicts[index];
    const begins = group.phase === 'scheduled' && isTurn && pause === undefined && index < state.approvedGroups;
    const now = begins ? { ...group, phase: 'running' as const } : group;
    if (now.phase === 'scheduled' || now.phase === 'error') {
      isTurn = false;
      return now;
    }
    const stop = stopReason(verdict);
    if (stop !== undefined) {
      pause = pause === 'errors' ? pause : stop;
      isTurn = false;
      return { ...now, phase: stop === 'errors' ? 'error' : 'running' };
    }
    isTurn &&= verdict.hasEnoughSuccesses;
    return { ...now, phase: verdict.hasEnoughSuccesses && verdict.isSettled ? 'finished' : 'running' };
  });
  return { ...state, pause, groups };
}

function stopReason({ hasTooManyErrors, isOutOfReach }: GroupVerdict): PauseReason | undefined {
  if (hasTooManyErrors) return 'errors';
  return isOutOfReach ? 'successOutOfReach' : undefined;
}

/** Wishes the old circuit back on the boards of a group that failed, where the definition says so. */
function turnBack(definition: RolloutDefinition, state: RolloutState): Advanced {
  const failed = state.groups.map(({ phase }) => phase === 'error');
  if (definition.onErrors === 'pause' || !failed.includes(true)) return { state, commands: [] };
  const targets: Record<string, TargetState> = { ...state.targets };
  const commands: RolloutCommand[] = [];
  for (const [chip, target] of Object.entries(state.targets)) {
    const { group, previous, back, attempt, phase } = target;
    if (group === undefined || !failed[group] || previous === undefined || attempt === 0) continue;
    if (back ? phase !== 'scheduled' : phase === 'failed') continue;
    const wish = { back: true, attempt: back ? attempt + 1 : 1 };
    targets[chip] = { ...target, ...wish, phase: target.isAway ? 'unreachable' : 'running' };
    commands.push({ type: 'wish', chip, id: wishId(definition.id, wish), digest: previous });
  }
  return { state: { ...state, targets }, commands };
}

/** Wishes the new circuit on the boards whose turn it is. */
function wishForward(definition: RolloutDefinition, state: RolloutState): Advanced {
  if (state.pause !== undefined) return { state, commands: [] };
  const all = Object.entries(state.targets);
  let room = (definition.atOnce ?? Infinity) - all.filter(([, { phase }]) => phase === 'running').length;
  const targets: Record<string, TargetState> = { ...state.targets };
  const commands: RolloutCommand[] = [];
  for (const [chip, target] of all) {
    const { group, phase, previous, isAway, attempt, back } = target;
    if (phase !== 'scheduled' || group === undefined || state.groups[group].phase === 'scheduled') continue;
    if (!isAway && room-- <= 0) continue;
    const wish = { back, attempt: attempt + 1 };
    targets[chip] = { ...target, ...wish, phase: isAway ? 'unreachable' : 'running' };
    const digest = back ? previous! : definition.digest;
    commands.push({ type: 'wish', chip, id: wishId(definition.id, wish), digest, previous });
  }
  return commands.length === 0 ? { state, commands } : { state: { ...state, targets }, commands };
}

function phaseOf(state: RolloutState, verdicts: readonly GroupVerdict[]): RolloutPhase {
  if (!mayBegin(state)) return state.approvedGroups === 0 ? 'waitingForApproval' : 'ready';
  if (state.pause !== undefined) return 'paused';
  if (state.groups.every(({ phase }) => phase === 'finished')) return 'finished';
  const next = state.groups.findIndex(({ phase }) => phase === 'scheduled');
  const isWaiting = next >= state.approvedGroups && (next <= 0 || verdicts.at(next - 1)?.hasEnoughSuccesses === true);
  return isWaiting ? 'waitingForApproval' : 'running';
}
