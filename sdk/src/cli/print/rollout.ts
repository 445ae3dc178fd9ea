import { countPhases, type PhaseCounts } from '../../fleet/rollout/thresholds.js';
import type { RolloutState, RolloutView } from '../../fleet/index.js';
import { styled, type Terminal } from '../terminal.js';

const PAUSE_TEXTS = {
  operator: 'somebody paused it',
  errors: 'too many boards of a group failed',
  successOutOfReach: 'too few boards of a group can still succeed',
} as const satisfies Record<NonNullable<RolloutState['pause']>, string>;

const countsText = (counts: PhaseCounts): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([phase, count]) => `${count} ${phase}`)
    .join(', ') || 'no boards';

function phaseText({ phase, pause }: RolloutState): string {
  if (phase === 'waitingForApproval') return 'waits for approval ("adiabit rollout approve")';
  return pause === undefined || phase !== 'paused' ? phase : `paused: ${PAUSE_TEXTS[pause]}`;
}

/** Says a rollout in a line. */
export const sayRollout = (terminal: Terminal, { definition, state }: RolloutView): void =>
  terminal.say(
    styled('bold', definition.id),
    `  ${definition.name}, ${state === undefined ? 'draft' : phaseText(state)}`,
  );

/** Makes a function that says what has changed in a rollout, group by group. */
export function sayCourse(terminal: Terminal): (state: RolloutState) => void {
  let said: readonly string[] = [];
  return (state) => {
    const counts = countPhases(state);
    const lines = [
      phaseText(state),
      ...state.groups.map(({ phase }, index) => `group ${index + 1}: ${phase}, ${countsText(counts[index])}`),
    ];
    for (const [index, line] of lines.entries()) if (line !== said[index]) terminal.say(line);
    said = lines;
  };
}

/** Prints a rollout: its groups, and the boards that failed or are away. */
export function printRollout(terminal: Terminal, view: RolloutView): void {
  sayRollout(terminal, view);
  const { definition, state } = view;
  if (state !== undefined) {
    const counts = countPhases(state);
    for (const [index, { phase, accepted }] of state.groups.entries()) {
      const forgiven = accepted === 0 ? '' : `, ${accepted} accepted`;
      terminal.say(`  group ${index + 1}: ${phase}, ${countsText(counts[index])}${forgiven}`);
    }
    for (const [chip, { phase, error }] of Object.entries(state.targets)) {
      if (phase === 'unreachable') terminal.say(`  ${chip}: unreachable`);
      else if (phase === 'failed')
        terminal.say(`  ${chip}: ${error === undefined ? 'failed' : `${error.message} (${error.code})`}`);
    }
  }
  terminal.result({ definition, state: state ?? null });
}
