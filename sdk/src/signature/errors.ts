import { AdiabitError, type ErrorDetails, type KindOf } from '@adiabit/simulator/errors';

export type SignatureErrorKind = KindOf<'signature'>;

/** A bitstream that the key does not vouch for, or a key that is none. */
export class SignatureError extends AdiabitError {
  readonly kind: SignatureErrorKind;

  constructor(kind: SignatureErrorKind, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`signature.${kind}`, message, details, cause);
    this.kind = kind;
  }
}
