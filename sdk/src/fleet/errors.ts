import { AdiabitError, type ErrorDetails, type KindOf } from '@adiabit/simulator/errors';

export type FleetErrorKind = KindOf<'fleet'>;

/** Something that goes wrong between a broker, a gateway and what is asked of them. */
export class FleetError extends AdiabitError {
  readonly kind: FleetErrorKind;

  constructor(kind: FleetErrorKind, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`fleet.${kind}`, message, details, cause);
    this.kind = kind;
  }
}
