import { AdiabitError, type ErrorDetails } from '@adiabit/simulator/errors';
import type { Failure } from './envelope.js';

/** A failure that crossed from another process. */
export class CallError extends Error implements Failure {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor({ code, message, details }: Failure) {
    super(message);
    this.name = 'CallError';
    this.code = code;
    this.details = details;
  }
}

/** Makes plain data of whatever was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AdiabitError || error instanceof CallError) {
    return { code: error.code, message: error.message, details: error.details };
  }
  const what = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message: `A fault of Adiabit: ${what}. Please report it.`, details: {} };
}
