import type { RolloutDefinition, RolloutState, TargetState } from '../contract/index.js';

/** Makes the state of a rollout of which nothing has happened. */
export function initialState({ groups, targets }: RolloutDefinition): RolloutState {
  const listed = targets.kind === 'chips' ? targets.chips : [];
  return {
    version: 1,
    phase: groups[0].approval ? 'waitingForApproval' : 'ready',
    isStarted: false,
    groups: groups.map(({ approval }) => ({ phase: 'scheduled', isApproved: !approval, accepted: 0 })),
    targets: Object.fromEntries(listed.map((chip) => [chip, { ...SCHEDULED, isAway: true }])),
    nonces: [],
  };
}

/** A board of which nothing was wished. */
export const SCHEDULED = { phase: 'scheduled', attempt: 0 } as const satisfies TargetState;
