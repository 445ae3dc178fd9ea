import { AdiabitError, type ErrorDetails, type KindOf } from '@adiabit/simulator/errors';

export type LoaderErrorKind = KindOf<'loader'>;

/** Firmware that did not get onto a board through the board's own way in. */
export class LoaderError extends AdiabitError {
  readonly kind: LoaderErrorKind;

  constructor(kind: LoaderErrorKind, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`loader.${kind}`, message, details, cause);
    this.kind = kind;
  }
}
