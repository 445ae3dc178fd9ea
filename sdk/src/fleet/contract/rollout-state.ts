import { z } from 'zod';
import { chipIdSchema, digestSchema } from './ids.js';

export const ROLLOUT_PHASES = ['waitingForApproval', 'ready', 'running', 'paused', 'finished', 'aborted'] as const;
export type RolloutPhase = (typeof ROLLOUT_PHASES)[number];

export const GROUP_PHASES = ['scheduled', 'running', 'finished', 'error'] as const;
export type GroupPhase = (typeof GROUP_PHASES)[number];

export const TARGET_PHASES = ['scheduled', 'running', 'succeeded', 'failed', 'reverted', 'unreachable'] as const;
export type TargetPhase = (typeof TARGET_PHASES)[number];

/** Why a rollout stands still: somebody wanted it, a group had too many errors, or too few of it can still succeed. */
export const PAUSE_REASONS = ['operator', 'errors', 'successOutOfReach'] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

const count = z.int().min(0).max(1_000_000);

const groupStateSchema = z.strictObject({
  phase: z.enum(GROUP_PHASES),
  /** Whether it may begin, as far as people are asked. */
  isApproved: z.boolean(),
  /** Boards whose failure somebody has accepted by going on; thresholds count the others. */
  accepted: count,
});
export type GroupState = Readonly<z.infer<typeof groupStateSchema>>;

const targetStateSchema = z.strictObject({
  /** From 0 on. If absent, none yet: groups are made at the start. */
  group: z.optional(count),
  phase: z.enum(TARGET_PHASES),
  /** Number of the last wish; 0 before the first one. */
  attempt: z.int().min(0).max(1000),
  /** The last wish is to go back to the circuit of before. */
  back: z.optional(z.literal(true)),
  /** Nobody has seen the board for long. */
  isAway: z.optional(z.literal(true)),
  /** The circuit that the board had confirmed before the first wish. If absent, none that is known. */
  previous: z.optional(digestSchema),
  /** The last failure, also of a wish that another one followed. */
  error: z.optional(z.strictObject({ code: z.string().max(64), message: z.string().max(600) })),
});
export type TargetState = Readonly<z.infer<typeof targetStateSchema>>;

/** Where a rollout stands: all that its coordinator has to know to go on. */
export const rolloutStateSchema = z.strictObject({
  version: z.literal(1),
  phase: z.enum(ROLLOUT_PHASES),
  isStarted: z.boolean(),
  /** If absent, it does not stand still. */
  pause: z.optional(z.enum(PAUSE_REASONS)),
  groups: z.array(groupStateSchema).min(1).max(64).readonly(),
  /** By chip. */
  targets: z.record(chipIdSchema, targetStateSchema).readonly(),
  /** Commands that were carried out already. */
  nonces: z.array(z.string().max(16)).max(256).readonly(),
});
export type RolloutState = Readonly<z.infer<typeof rolloutStateSchema>>;

/** Who drives a rollout. A claim that is not renewed within its lease is void. */
export const rolloutClaimSchema = z.strictObject({
  version: z.literal(1),
  /** A number that every coordinator draws anew. */
  holder: z.string().regex(/^[0-9a-f]{16}$/),
  /** Counts renewals, so that none is like the one before. */
  renewal: z.int().min(0),
  leaseSeconds: z.int().min(1).max(3600),
});
export type RolloutClaim = z.infer<typeof rolloutClaimSchema>;
