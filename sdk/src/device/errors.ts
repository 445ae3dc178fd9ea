import { AdiabitError, CancelledError, type ErrorDetails } from '@adiabit/simulator';
import { STATUS } from '../protocol/constants.js';
import { ProtocolError, type ProtocolErrorKind } from '../protocol/errors.js';

export type TransportErrorKind = 'not-found' | 'port-busy' | 'permission-denied' | 'disconnected' | 'timeout';

/** The way to the device does not work: the port, the cable, or nobody at the other end. */
export class TransportError extends AdiabitError {
  readonly kind: TransportErrorKind;

  constructor(kind: TransportErrorKind, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`transport.${kind}`, message, details, cause);
    this.kind = kind;
  }
}

export type FlashErrorKind =
  | 'erase-failed'
  | 'write-failed'
  | 'verify-failed'
  | 'slot-unavailable'
  | 'self-test-failed'
  | 'reverted'
  | 'too-large'
  | 'not-signed';

/** A circuit that did not make it onto the device. The circuit that ran before is still the one that boots. */
export class FlashError extends AdiabitError {
  readonly kind: FlashErrorKind;

  constructor(kind: FlashErrorKind, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`flash.${kind}`, message, details, cause);
    this.kind = kind;
  }
}

/** Which errors can go away when the same thing is tried again. The only place that decides it. */
const RETRYABLE: Readonly<
  Record<`transport.${TransportErrorKind}` | `protocol.${ProtocolErrorKind}` | `flash.${FlashErrorKind}`, boolean>
> = {
  'transport.not-found': false,
  'transport.port-busy': true,
  'transport.permission-denied': false,
  'transport.disconnected': true,
  'transport.timeout': true,
  'protocol.bad-frame': true,
  'protocol.unexpected-reply': false,
  'protocol.device-rejected': false, // but see STATUS: a few statuses may be retried
  'protocol.version-mismatch': false,
  'flash.erase-failed': true,
  'flash.write-failed': true,
  'flash.verify-failed': true,
  'flash.slot-unavailable': false,
  'flash.self-test-failed': false,
  'flash.reverted': true,
  'flash.too-large': false,
  'flash.not-signed': false,
};

/** Whether trying the same thing again can help. Anything that is not an error of the link is not retryable. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof ProtocolError && error.status) return STATUS[error.status].retry;
  return (
    error instanceof AdiabitError && Object.entries(RETRYABLE).some(([code, retry]) => retry && code === error.code)
  );
}

/** @throws CancelledError when `signal` has been aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError();
}
