import { AdiabitError, type ErrorDetails } from '@adiabit/simulator/errors';

export type BoardErrorKind = 'bad-entry' | 'exists' | 'unknown' | 'no-emulator' | 'not-built';

/** A board that is not described as it has to be, or not there. */
export class BoardError extends AdiabitError {
  constructor(kind: BoardErrorKind, message: string, details?: ErrorDetails, cause?: unknown) {
    super(`board.${kind}`, message, details, cause);
  }
}
