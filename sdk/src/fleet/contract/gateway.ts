import { z } from 'zod';
import type { Reported } from './board.js';
import { chipIdSchema, tagSchema } from './ids.js';
import { MAX_BOARDS } from './limits.js';

/** A port whose board is not in the fleet, and why. */
const refusedPort = z.strictObject({
  port: z.string().min(1).max(256),
  code: z.string().max(64),
  message: z.string().max(600),
});

/** What a gateway says of itself. Its last will is the same with `online` false. */
export const gatewayStateSchema = z.strictObject({
  version: z.literal(1),
  online: z.boolean(),
  /** A number that every start of the gateway draws anew. */
  session: z.string().regex(/^[0-9a-f]{16}$/),
  /** When it was started: of two gateways with one name the later one stays. */
  startedAtMs: z.int().min(0),
  /** The version of Adiabit. */
  software: z.string().max(64),
  tags: z.array(tagSchema).max(16),
  /** The chips of the boards that are present. */
  boards: z.array(chipIdSchema).max(MAX_BOARDS),
  refused: z.array(refusedPort).max(64),
  /** What stands in the cache of bitstreams. */
  cacheBytes: z.int().min(0),
  /** Messages that were dropped because they were no valid ones, since the start. */
  dropped: z.int().min(0),
  /** When it said so: a heartbeat a minute, and whenever something changes. */
  atMs: z.int().min(0),
});
export type GatewayState = z.infer<typeof gatewayStateSchema>;

/**
 * Tells whether a board can be asked for something now: its gateway is online and has it. What a gateway said of its boards before
 * it went away stays where it is retained.
 * @param gateway the state of the gateway that `reported` names
 */
export const isReachable = (chip: string, reported: Reported, gateway: GatewayState | undefined): boolean =>
  reported.present && gateway?.online === true && gateway.boards.includes(chip);
