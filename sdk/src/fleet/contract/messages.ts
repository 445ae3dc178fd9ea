import type { z } from 'zod';
import { desiredSchema, progressSchema, reportedSchema } from './board.js';
import { blobHeadSchema } from './blob.js';
import { gatewayStateSchema } from './gateway.js';
import type { IdName } from './ids.js';
import { MAX_PAYLOAD_BYTES } from './limits.js';
import { rolloutClaimSchema, rolloutStateSchema } from './rollout-state.js';
import { rolloutControlSchema, rolloutDefinitionSchema } from './rollout.js';

/** A kind of message: where it is published, and what it may hold. */
export interface MessageKind {
  /** Levels below the prefix; one in braces stands for an id. */
  readonly topic: string;
  readonly retain: boolean;
  readonly maxBytes: number;
  /** What its JSON holds; undefined of bytes. */
  readonly schema: z.ZodType | undefined;
  readonly writer: 'gateway' | 'operator' | 'coordinator';
}

/** All messages of a fleet. */
export const MESSAGES = {
  gatewayState: {
    topic: 'gateways/{gateway}/state',
    retain: true,
    maxBytes: MAX_PAYLOAD_BYTES.gatewayState,
    schema: gatewayStateSchema,
    writer: 'gateway',
  },
  reported: {
    topic: 'boards/{chip}/reported',
    retain: true,
    maxBytes: MAX_PAYLOAD_BYTES.reported,
    schema: reportedSchema,
    writer: 'gateway',
  },
  desired: {
    topic: 'boards/{chip}/desired',
    retain: true,
    maxBytes: MAX_PAYLOAD_BYTES.desired,
    schema: desiredSchema,
    writer: 'coordinator',
  },
  progress: {
    topic: 'boards/{chip}/progress',
    retain: false,
    maxBytes: MAX_PAYLOAD_BYTES.progress,
    schema: progressSchema,
    writer: 'gateway',
  },
  blobHead: {
    topic: 'blobs/{digest}/head',
    retain: true,
    maxBytes: MAX_PAYLOAD_BYTES.blobHead,
    schema: blobHeadSchema,
    writer: 'operator',
  },
  blobPart: {
    topic: 'blobs/{digest}/part/{part}',
    retain: true,
    maxBytes: MAX_PAYLOAD_BYTES.blobPart,
    schema: undefined,
    writer: 'operator',
  },
  rolloutDefinition: {
    topic: 'rollouts/{rollout}/definition',
    retain: true,
    maxBytes: MAX_PAYLOAD_BYTES.rolloutDefinition,
    schema: rolloutDefinitionSchema,
    writer: 'operator',
  },
  rolloutControl: {
    topic: 'rollouts/{rollout}/control',
    retain: true,
    maxBytes: MAX_PAYLOAD_BYTES.rolloutControl,
    schema: rolloutControlSchema,
    writer: 'operator',
  },
  rolloutClaim: {
    topic: 'rollouts/{rollout}/claim',
    retain: true,
    maxBytes: MAX_PAYLOAD_BYTES.rolloutClaim,
    schema: rolloutClaimSchema,
    writer: 'coordinator',
  },
  rolloutState: {
    topic: 'rollouts/{rollout}/state',
    retain: true,
    maxBytes: MAX_PAYLOAD_BYTES.rolloutState,
    schema: rolloutStateSchema,
    writer: 'coordinator',
  },
} as const satisfies Readonly<Record<string, MessageKind>>;

export type MessageName = keyof typeof MESSAGES;

/** What a message holds: its JSON, or bytes. */
export type Payload<N extends MessageName> =
  (typeof MESSAGES)[N]['schema'] extends z.ZodType<infer Value> ? Value : Uint8Array;

/** The names in the braces of a message's topic. */
export type IdsOf<N extends MessageName> = Readonly<
  Record<Extract<BracedIn<(typeof MESSAGES)[N]['topic']>, IdName>, string>
>;

type BracedIn<Topic extends string> = Topic extends `${string}{${infer Name}}${infer Rest}`
  ? Name | BracedIn<Rest>
  : never;
