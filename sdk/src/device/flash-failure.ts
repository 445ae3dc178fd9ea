import type { ErrorDetails } from '@adiabit/simulator/errors';
import type { StatusName } from '../protocol/constants.js';
import { DeviceError } from '../protocol/errors.js';
import { FlashError, type FlashErrorKind } from './errors.js';
import type { FlashPhase } from './flash-progress.js';

/** What a refusal means for a flash session; statuses that are not here stay DeviceErrors. */
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

/** Returns `error` as a failure of `phase`, where it is a refusal of the device; else itself. */
export function flashFailure(error: unknown, phase: FlashPhase, slotCount: number, details: ErrorDetails): unknown {
  if (!(error instanceof DeviceError)) return error;
  const kind = phase === 'confirm' && error.status === 'slotUnavailable' ? 'reverted' : KINDS[error.status];
  if (kind === undefined) return error;
  return new FlashError(
    kind,
    `${PHASE_FAILED[phase]}. ${error.message} ${slotCount === 1 ? ONE_SLOT[phase] : OLD_ONE_BOOTS}`,
    { ...details, phase, status: error.status },
    error,
  );
}

const OLD_ONE_BOOTS = 'The circuit that booted before still does.';
const EMPTY_NOW = 'The board has one slot, which holds no confirmed circuit now. Flash again.';
const ONE_SLOT: Readonly<Record<FlashPhase, string>> = {
  hello: OLD_ONE_BOOTS,
  erase: 'The board has one slot; say hello to see whether its circuit is still there.',
  write: EMPTY_NOW,
  verify: EMPTY_NOW,
  'self-test': EMPTY_NOW,
  confirm: EMPTY_NOW,
};

const PHASE_FAILED: Readonly<Record<FlashPhase, string>> = {
  hello: 'The device could not be prepared',
  erase: 'The slot could not be erased',
  write: 'The circuit could not be written',
  verify: 'The stored circuit did not pass the check of the device',
  'self-test': 'The circuit does not run on the device as it was compiled',
  confirm: 'The circuit could not be confirmed',
};
