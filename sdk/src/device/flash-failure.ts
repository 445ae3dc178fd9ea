import type { ErrorDetails } from '@adiabit/simulator';
import type { StatusName } from '../protocol/constants.js';
import { ProtocolError } from '../protocol/errors.js';
import { FlashError, type FlashErrorKind } from './errors.js';
import type { FlashPhase } from './flash-progress.js';

/** What a refusal means for a flash session; statuses that are not here stay ProtocolErrors. */
const KINDS: Readonly<Partial<Record<StatusName, FlashErrorKind>>> = {
  eraseFailed: 'erase-failed',
  writeFailed: 'write-failed',
  slotUnavailable: 'slot-unavailable',
  tooLarge: 'too-large',
  noMemory: 'too-large',
  incomplete: 'reverted',
  digestMismatch: 'verify-failed',
  badBitstream: 'verify-failed',
  selfTestFailed: 'self-test-failed',
};

/** `error` as a failure of `phase`, where it is a refusal of the device; else itself. */
export function flashFailure(error: unknown, phase: FlashPhase, details: ErrorDetails): unknown {
  if (!(error instanceof ProtocolError) || error.status === undefined) return error;
  const kind = phase === 'confirm' && error.status === 'slotUnavailable' ? 'reverted' : KINDS[error.status];
  if (kind === undefined) return error;
  return new FlashError(
    kind,
    `${PHASE_FAILED[phase]}. ${error.message} The circuit that booted before still does.`,
    { ...details, phase, status: error.status },
    error,
  );
}

const PHASE_FAILED: Readonly<Record<FlashPhase, string>> = {
  hello: 'The device could not be prepared',
  erase: 'The slot could not be erased',
  write: 'The circuit could not be written',
  verify: 'The stored circuit did not pass the check of the device',
  'self-test': 'The circuit does not run on the device as it was compiled',
  confirm: 'The circuit could not be confirmed',
};
