/** What a pool and its workers say to one another, and errors on their way between them. */
import { AdiabitError, errorOfCode, type ErrorDetails } from '../errors.js';
import type { ErrorCode } from '../error-codes.js';

/** The types of what goes between a pool and its workers; both sides name the same one. All of it is sent as a structured clone. */
export interface WorkerProtocol {
  readonly start: unknown;
  readonly request: unknown;
  readonly reply: unknown;
  /** What a worker says before its answer; `never` if nothing. */
  readonly note: unknown;
}

/** To a worker: first what it starts with, then requests. */
export type ToWorker<P extends WorkerProtocol> =
  { readonly start: P['start'] } | { readonly id: number; readonly request: P['request'] };

/** From a worker; `id` is that of the request, or `START` for what concerns the start. */
export type FromWorker<P extends WorkerProtocol> =
  | { readonly kind: 'note'; readonly id: number; readonly note: P['note'] }
  | { readonly kind: 'reply'; readonly id: number; readonly reply: P['reply'] }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure };

export const START = -1;

/** An error as plain data: an error that is sent loses its class and what a class adds to it. */
export interface Failure {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of errors of ours. */
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

/** The error again, with the stack of the worker. */
export function errorOf({ message, stack, code, details }: Failure): Error {
  const error = code === undefined ? new Error(message) : errorOfCode(code, message, details);
  if (stack !== undefined) error.stack = stack;
  return error;
}
