import { AdiabitError, type ErrorDetails, type KindOf } from '@adiabit/simulator/errors';

export type BridgeErrorKind = KindOf<'bridge'>;

/** Something that goes wrong between a device and the update system of somebody else. */
export class BridgeError extends AdiabitError {
  readonly kind: BridgeErrorKind;

  constructor(kind: BridgeErrorKind, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`bridge.${kind}`, message, details, cause);
    this.kind = kind;
  }
}
