import { z } from 'zod';
import { chipIdSchema, digestSchema, keyIdSchema, rolloutIdSchema, tagSchema } from './ids.js';
import { MAX_BLOB_BYTES, MAX_CANARY_INFERENCES } from './limits.js';

const share = z.number().min(0).max(100);

/** A part of the boards that get the circuit together. */
const groupSchema = z.strictObject({
  size: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('count'), boards: z.int().min(1).max(1_000_000) }),
    /** Of all boards of the rollout. */
    z.strictObject({ kind: z.literal('percent'), percent: share }),
  ]),
  /** Of the group, that must succeed before the next group starts. */
  successPercent: share,
  /** Of the group, of which more must not fail: the rollout stops. */
  errorPercent: share,
  /** Whether somebody must approve before it starts. */
  approval: z.boolean(),
});

export type RolloutGroup = z.infer<typeof groupSchema>;

/** What a rollout is. It never changes once it is published. */
export const rolloutDefinitionSchema = z.strictObject({
  version: z.literal(1),
  id: rolloutIdSchema,
  name: z.string().min(1).max(200),
  circuit: digestSchema,
  blob: z.strictObject({ digest: digestSchema, bytes: z.int().min(1).max(MAX_BLOB_BYTES) }),
  targets: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({ kind: z.literal('chips'), chips: z.array(chipIdSchema).min(1).max(5000) }),
    z.strictObject({ kind: z.literal('boards'), boards: z.array(z.string().max(64)).min(1).max(64) }),
    z.strictObject({ kind: z.literal('tags'), tags: z.array(tagSchema).min(1).max(16) }),
  ]),
  groups: z.array(groupSchema).min(1).max(64),
  /** Wishes that a board gets after its first one failed. */
  retries: z.int().min(0).max(10),
  /** Boards that may be in the middle of it at once. If absent, all of the groups that have begun. */
  atOnce: z.exactOptional(z.int().min(1).max(1_000_000)),
  /** A board that nobody has seen for so long is unreachable: it holds up no other, and gets the circuit when it is back. */
  unreachableAfterSeconds: z.int().min(1).max(1_000_000),
  signedBy: z.exactOptional(z.array(keyIdSchema).min(1).max(8)),
  canary: z.exactOptional(z.strictObject({ inferences: z.int().min(1).max(MAX_CANARY_INFERENCES) })),
  /** What becomes of a group with too many errors. */
  onError: z.enum(['pause', 'revert']),
  createdAtMs: z.int().min(0),
});
export type RolloutDefinition = z.infer<typeof rolloutDefinitionSchema>;

/** What an operator asks of a rollout. The nonce tells one command from another that is the same. */
export const rolloutControlSchema = z.strictObject({
  version: z.literal(1),
  nonce: z.string().regex(/^[0-9a-f]{16}$/),
  command: z.enum(['start', 'pause', 'resume', 'approve', 'abort']),
});
export type RolloutControl = z.infer<typeof rolloutControlSchema>;
export type RolloutCommand = RolloutControl['command'];
