/** The messages between a pool and its workers, and errors in them. */
import { AdiabitError, errorOfCode, type ErrorDetails } from '../errors.js';
import type { ErrorCode } from '../error-codes.js';

/**
 * The types of the messages between a pool and its workers. Both sides name the same one. All messages are sent as
 * structured clones.
 */
export interface WorkerProtocol {
  readonly start: unknown;
  readonly request: unknown;
  readonly reply: unknown;
  /** The type of notes that a worker sends before its answer; `never` if none. */
  readonly note: unknown;
}

/** Messages to a worker: first its start value, then requests. */
export type ToWorker<P extends WorkerProtocol> =
  { readonly start: P['start'] } | { readonly id: number; readonly request: P['request'] };

/** Messages from a worker. `id` is that of the request, or `START` for messages about the start. */
export type FromWorker<P extends WorkerProtocol> =
  | { readonly kind: 'note'; readonly id: number; readonly note: P['note'] }
  | { readonly kind: 'reply'; readonly id: number; readonly reply: P['reply'] }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure };

export const START = -1;

/** An error as plain data. A structured clone would lose the class of an error and its own fields. */
export interface Failure {
  readonly message: string;
  readonly stack: string | undefined;
  /** The code of an Adiabit error. */
  readonly code?: ErrorCode;
  readonly details?: ErrorDetails;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined };
  const { message, stack } = error;
  return error instanceof AdiabitError
    ? { message, stack, code: error.code, details: error.details }
    : { message, stack };
}

/** Rebuilds the error, with the worker's stack. */
export function errorOf({ message, stack, code, details }: Failure): Error {
  const error = code === undefined ? new Error(message) : errorOfCode(code, message, details);
  if (stack !== undefined) error.stack = stack;
  return error;
}
