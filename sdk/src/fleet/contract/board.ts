import { z } from 'zod';
import { digestSchema, gatewayIdSchema, keyIdSchema, tagSchema, wishIdSchema } from './ids.js';
import { MAX_BLOB_BYTES, MAX_CANARY_INFERENCES } from './limits.js';

const uint32 = z.int().min(0).max(0xffff_ffff);
const version = z.strictObject({ major: z.int().min(0).max(255), minor: z.int().min(0).max(255) });
const milliseconds = z.int().min(0);
const word = z.string().regex(/^[a-z0-9.-]{1,255}$/);

/** The steps of a wish, in order; `revert` comes only when one behind `verify` fails. */
export const WISH_STEPS = [
  'fetch',
  'check',
  'erase',
  'write',
  'verify',
  'self-test',
  'canary',
  'confirm',
  'revert',
] as const;
export type WishStep = (typeof WISH_STEPS)[number];

/**
 * What a board shall run. The id is that of the wish, not of the circuit: a gateway tries a wish once, and whoever wants
 * a failed one tried again makes a new one.
 */
export const desiredSchema = z.strictObject({
  version: z.literal(1),
  id: wishIdSchema,
  /** The circuit that the board shall confirm: the digest that its slot shows, which is that of the file without a manifest. */
  circuit: digestSchema,
  /** The file that holds it. Without one the circuit must lie in a slot of the board, as that of before does. */
  blob: z.exactOptional(z.strictObject({ digest: digestSchema, bytes: z.int().min(1).max(MAX_BLOB_BYTES) })),
  /** The file must be signed by one of these keys, which the gateway must know. If absent, what the gateway asks for counts alone. */
  signedBy: z.exactOptional(z.array(keyIdSchema).min(1).max(8)),
  /** Inferences on random inputs, drawn from the seed, that must give what the circuit gives, before it is confirmed. */
  canary: z.exactOptional(z.strictObject({ inferences: z.int().min(1).max(MAX_CANARY_INFERENCES), seed: uint32 })),
  /** What the board had confirmed when the wish was made: what its maker would go back to. */
  previous: z.exactOptional(digestSchema),
});
export type Desired = z.infer<typeof desiredSchema>;

/** How a wish ended. After `failed` the board never ran the circuit; after `reverted` it did, and runs the confirmed one again. */
export const outcomeSchema = z.strictObject({
  wish: wishIdSchema,
  result: z.enum(['succeeded', 'failed', 'reverted']),
  /** The step that failed, or the last one. */
  step: z.enum(WISH_STEPS),
  error: z.exactOptional(z.strictObject({ code: z.string().max(64), message: z.string().max(600) })),
  /** Whole tries, those of before a restart of the gateway not counted. */
  attempts: z.int().min(0).max(1000),
  durationMs: milliseconds,
  atMs: milliseconds,
});
export type Outcome = z.infer<typeof outcomeSchema>;

const slotSchema = z.strictObject({
  state: z.enum(['empty', 'pending', 'test', 'confirmed']),
  bytes: uint32,
  /** Absent of an empty slot. */
  digest: z.exactOptional(digestSchema),
  sequence: uint32,
  erases: z.int().min(0).max(0xffff),
});

const trustSchema = z.strictObject({
  product: z.string().regex(/^[a-z0-9.-]{1,32}$/),
  keyIds: z.array(keyIdSchema).max(8),
  securityCounter: uint32,
  tableVersion: uint32,
});

/** What a gateway says of a board: what the board said last, and what became of its last wish. `isReachable` tells whether it is there. */
export const reportedSchema = z.strictObject({
  version: z.literal(1),
  gateway: gatewayIdSchema,
  /** Whether the board answers there now. */
  present: z.boolean(),
  /** The port, for people. */
  port: z.string().min(1).max(256),
  /** The tags of its gateway. */
  tags: z.array(tagSchema).max(16),
  board: z.strictObject({
    kind: word,
    firmware: version,
    protocol: version,
    slotBytes: uint32,
    workBytes: uint32,
    checksSignatures: z.boolean(),
    trust: z.exactOptional(trustSchema),
  }),
  slots: z.array(slotSchema).min(1).max(8),
  /** The circuit that answers. */
  active: z.exactOptional(digestSchema),
  /** The circuit that a reset starts. */
  confirmed: z.exactOptional(digestSchema),
  /** The wish that is being fulfilled; how far it is, says its progress. */
  current: z.exactOptional(wishIdSchema),
  outcome: z.exactOptional(outcomeSchema),
  atMs: milliseconds,
});
export type Reported = z.infer<typeof reportedSchema>;

/** How far a board is with its wish; not retained, a few a second at most. */
export const progressSchema = z.strictObject({
  version: z.literal(1),
  wish: wishIdSchema,
  step: z.enum(WISH_STEPS),
  bytes: uint32,
  totalBytes: uint32,
});
export type Progress = z.infer<typeof progressSchema>;
