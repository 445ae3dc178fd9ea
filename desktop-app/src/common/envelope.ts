import type { ErrorDetails } from '@adiabit/simulator/errors';

/** A failure as it crosses from one process to another: a thrown error would keep its message alone. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
}

/** What became of a call. */
export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Failure };

/** A call of the page, or of the host to a service. */
export interface CallMessage {
  readonly kind: 'call';
  /** Chosen by the caller; the answer has the same. */
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

export interface AnswerMessage {
  readonly kind: 'answer';
  readonly id: number;
  readonly outcome: Outcome;
}

/** Something that happened, told to all that listen. */
export interface EventMessage {
  readonly kind: 'event';
  readonly event: string;
  readonly data: unknown;
}

/** Asks a service to end, where its pipe cannot be closed to say so. */
export interface CloseMessage {
  readonly kind: 'close';
}
