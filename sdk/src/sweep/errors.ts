import { AdiabitError, type ErrorDetails, type KindOf } from '@adiabit/simulator/errors';

/** A sweep that cannot be planned, or a queue or worker that does not do its part. */
export class SweepError extends AdiabitError {
  constructor(kind: KindOf<'sweep'>, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`sweep.${kind}`, message, details, cause);
  }
}
