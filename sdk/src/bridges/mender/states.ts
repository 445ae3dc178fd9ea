/** The states of an update, in the order in which an orchestrator runs them when nothing fails. */
export const UPDATE_STATES = [
  'Download',
  'ArtifactInstall',
  'ArtifactReboot',
  'ArtifactVerifyReboot',
  'ArtifactCommit',
  'Cleanup',
] as const;

/** The states of an update that has failed somewhere. */
export const FAILURE_STATES = [
  'ArtifactRollback',
  'ArtifactRollbackReboot',
  'ArtifactVerifyRollbackReboot',
  'ArtifactFailure',
] as const;

/** What is asked besides, and changes nothing. */
export const QUERIES = [
  'SupportsRollback',
  'NeedsArtifactReboot',
  'NeedsUnpackedArtifact',
  'ProvidePayloadFileSizes',
  'Identity',
  'Inventory',
  'Provides',
] as const;

export type MenderState = (typeof UPDATE_STATES)[number] | (typeof FAILURE_STATES)[number] | (typeof QUERIES)[number];

const ALL: readonly string[] = [UPDATE_STATES, FAILURE_STATES, QUERIES].flat();

/** Tells whether a state is one that this version knows. Others are for later versions of the protocol, and mean nothing here. */
export const isMenderState = (state: string): state is MenderState => ALL.includes(state);
