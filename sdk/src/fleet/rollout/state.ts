import type { RolloutDefinition } from './definition.js';

export const ROLLOUT_PHASES = ['waitingForApproval', 'ready', 'running', 'paused', 'finished', 'aborted'] as const;
export type RolloutPhase = (typeof ROLLOUT_PHASES)[number];

export const GROUP_PHASES = ['scheduled', 'running', 'finished', 'error'] as const;
export type GroupPhase = (typeof GROUP_PHASES)[number];

export const TARGET_PHASES = ['scheduled', 'running', 'succeeded', 'failed', 'reverted', 'unreachable'] as const;
export type TargetPhase = (typeof TARGET_PHASES)[number];

/** Why a rollout stands still: a person wanted it, a group had too many errors, or too few of it can still succeed. */
export const PAUSE_REASONS = ['operator', 'errors', 'successOutOfReach'] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

export interface GroupState {
  readonly phase: GroupPhase;
  /** Boards whose failure a person has accepted by going on; thresholds count the others. */
  readonly accepted: number;
}

/** What went wrong with a board. */
export interface TargetError {
  readonly code: string;
  readonly message: string;
}

export interface TargetState {
  readonly board: string;
  /** The group, from 0 on. If absent, none yet: groups are made at the start. */
  readonly group?: number | undefined;
  readonly phase: TargetPhase;
  /** Number of the last wish; 0 before the first one. */
  readonly attempt: number;
  /** Whether the last wish is to go back. */
  readonly back: boolean;
  /** Whether nobody hears of the board. */
  readonly isAway: boolean;
  /** Digest of the circuit that the board had confirmed before the first wish. If absent, none or not known. */
  readonly previous?: string | undefined;
  /** The last failure, also of an attempt after which another followed. */
  readonly error?: TargetError | undefined;
}

/** Where a rollout stands. Plain data: the coordinator keeps it on the broker. */
export interface RolloutState {
  readonly phase: RolloutPhase;
  readonly isStarted: boolean;
  readonly isAborted: boolean;
  /** If absent, it does not stand still. */
  readonly pause?: PauseReason | undefined;
  /** How many groups may begin. */
  readonly approvedGroups: number;
  readonly groups: readonly GroupState[];
  /** By chip id. */
  readonly targets: Readonly<Record<string, TargetState>>;
  /** Commands that were carried out already. */
  readonly nonces: readonly string[];
}

/** Makes the state of a rollout of which nothing has happened. */
export function initialState({ approval, groups, targets }: RolloutDefinition): RolloutState {
  const listed = targets.kind === 'chips' ? targets.chips : [];
  const unseen: TargetState = { board: '', phase: 'scheduled', attempt: 0, back: false, isAway: true };
  return {
    phase: approval === 'none' ? 'ready' : 'waitingForApproval',
    isStarted: false,
    isAborted: false,
    approvedGroups: approval === 'none' ? groups.length : 0,
    groups: groups.map(() => ({ phase: 'scheduled', accepted: 0 })),
    targets: Object.fromEntries(listed.map((chip) => [chip, unseen])),
    nonces: [],
  };
}
