const KIB = 1024;

/** The largest payloads that are read, in bytes. What is larger is dropped before anything looks into it. */
export const MAX_PAYLOAD_BYTES = {
  gatewayState: 64 * KIB,
  reported: 8 * KIB,
  desired: 2 * KIB,
  progress: 512,
  blobHead: 256,
  blobPart: 64 * KIB,
  rolloutDefinition: 256 * KIB,
  rolloutState: 1024 * KIB,
  rolloutControl: 512,
  rolloutClaim: 256,
} as const;

/** Bytes of every part of a blob but the last. */
export const PART_BYTES = MAX_PAYLOAD_BYTES.blobPart;
/** The largest blob: no slot of a board holds more. */
export const MAX_BLOB_BYTES = 16 * KIB * KIB;
/** The most boards of a gateway. */
export const MAX_BOARDS = 1024;
/** The most inferences of a canary. */
export const MAX_CANARY_INFERENCES = 1024;
