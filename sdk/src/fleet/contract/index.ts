/** The messages of a fleet: topics, schemas, limits. docs/formats/fleet.md has them in words. */
export {
  WISH_STEPS,
  desiredSchema,
  outcomeSchema,
  progressSchema,
  reportedSchema,
  type Desired,
  type Outcome,
  type Progress,
  type Reported,
  type WishStep,
} from './board.js';
export { blobHeadSchema, partBytesOf, partsOf, type BlobHead } from './blob.js';
export type { Connection, MessageListener } from './connection.js';
export { gatewayStateSchema, isReachable, type GatewayState } from './gateway.js';
export { ID_PATTERNS, isId, type IdName } from './ids.js';
export { MAX_BLOB_BYTES, MAX_BOARDS, MAX_CANARY_INFERENCES, MAX_PAYLOAD_BYTES, PART_BYTES } from './limits.js';
export { Mailbox, type MailboxOptions, type Message } from './mailbox.js';
export { MESSAGES, type IdsOf, type MessageKind, type MessageName, type Payload } from './messages.js';
export { decodePayload, encodePayload } from './payloads.js';
export {
  rolloutControlSchema,
  rolloutDefinitionSchema,
  type RolloutControl,
  type RolloutCommand,
  type RolloutDefinition,
  type RolloutGroup,
} from './rollout.js';
export {
  GROUP_PHASES,
  PAUSE_REASONS,
  ROLLOUT_PHASES,
  TARGET_PHASES,
  rolloutClaimSchema,
  rolloutStateSchema,
  type GroupPhase,
  type GroupState,
  type PauseReason,
  type RolloutClaim,
  type RolloutPhase,
  type RolloutState,
  type TargetPhase,
  type TargetState,
} from './rollout-state.js';
export { DEFAULT_PREFIX, checkPrefix, filterOf, idsIn, topicOf } from './topics.js';
