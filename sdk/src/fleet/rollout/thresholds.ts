import type { GroupState, RolloutGroup, RolloutState, TargetPhase } from '../contract/index.js';

export type PhaseCounts = Readonly<Record<TargetPhase, number>>;

/** Counts the boards of each group by phase. */
export function countPhases({ groups, targets }: Pick<RolloutState, 'groups' | 'targets'>): readonly PhaseCounts[] {
  const counts = groups.map(() => ({
    scheduled: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    reverted: 0,
    unreachable: 0,
  }));
  for (const { group, phase } of Object.values(targets)) if (group !== undefined) counts[group][phase]++;
  return counts;
}

/** How a group stands to its thresholds. */
export interface GroupVerdict {
  readonly hasTooManyErrors: boolean;
  readonly hasEnoughSuccesses: boolean;
  /** Whether too few boards are left for enough successes. */
  readonly isOutOfReach: boolean;
  /** Whether no board is left to begin or in the middle of it; of those that are away nobody knows. */
  readonly isSettled: boolean;
}

/**
 * Holds a group to its thresholds, as hawkBit does: errors are too many once their share is above the error threshold,
 * successes are enough once theirs is not below the success threshold. Failures that somebody accepted count in neither.
 */
export function judgeGroup(
  { successPercent, errorPercent }: Pick<RolloutGroup, 'successPercent' | 'errorPercent'>,
  { accepted }: Pick<GroupState, 'accepted'>,
  { scheduled, running, succeeded, failed, reverted, unreachable }: PhaseCounts,
): GroupVerdict {
  const open = scheduled + running + unreachable;
  const errors = Math.max(0, failed + reverted - accepted);
  const size = open + succeeded + errors;
  return {
    hasTooManyErrors: 100 * errors > errorPercent * size,
    hasEnoughSuccesses: 100 * succeeded >= successPercent * size,
    isOutOfReach: 100 * (succeeded + open) < successPercent * size,
    isSettled: scheduled + running === 0,
  };
}
