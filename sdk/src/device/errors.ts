import { AdiabitError, CancelledError, ERROR_CODES, type ErrorDetails, type KindOf } from '@adiabit/simulator/errors';

export type TransportErrorKind = KindOf<'transport'>;

/** The way to the device does not work: the port, the cable, or nobody at the other end. */
export class TransportError extends AdiabitError {
  readonly kind: TransportErrorKind;

  constructor(kind: TransportErrorKind, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`transport.${kind}`, message, details, cause);
    this.kind = kind;
  }
}

export type FlashErrorKind = KindOf<'flash'>;

/** A circuit that did not make it onto the device. The circuit that ran before is still the one that boots. */
export class FlashError extends AdiabitError {
  readonly kind: FlashErrorKind;

  constructor(kind: FlashErrorKind, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`flash.${kind}`, message, details, cause);
    this.kind = kind;
  }
}

/**
 * Tells whether trying the same thing again can help; see `ERROR_CODES`. Errors that are not ours are not retryable.
 */
export const isRetryable = (error: unknown): boolean => error instanceof AdiabitError && ERROR_CODES[error.code].retry;

/** @throws CancelledError when `signal` has been aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError();
}
