import { AdiabitError, CancelledError } from '@adiabit/simulator/errors';
import { isRetryable, TransportError } from '../../device/index.js';
import type { Outcome, WishStep } from '../contract/board.js';

/** What a failure means for the wish. */
export type AfterFailure =
  /** The gateway stops, or somebody wants something else. */
  | { readonly kind: 'drop' }
  /** The board is gone: the wish waits for it. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'again' }
  | { readonly kind: 'end'; readonly ending: Pick<Outcome, 'result' | 'step' | 'error'> };

/** Whole tries of a wish. */
export const MAX_ATTEMPTS = 3;
const MAX_MESSAGE = 600;

/** Says what follows from the failure of a step. @param attempts whole tries so far, this one counted */
export function afterFailure(error: unknown, step: WishStep, attempts: number): AfterFailure {
  if (error instanceof CancelledError) return { kind: 'drop' };
  const isGone = error instanceof TransportError && error.kind !== 'timeout';
  if (isGone) return { kind: 'lost' };
  if (isRetryable(error) && attempts < MAX_ATTEMPTS)
    return { kind: error instanceof TransportError ? 'lost' : 'again' };
  const answered = step === 'canary' || step === 'confirm';
  return {
    kind: 'end',
    ending: { result: answered ? 'reverted' : 'failed', step, error: errorRecord(error) },
  };
}

/** Returns an error as it stands in messages. */
export function errorRecord(error: unknown): { code: string; message: string } {
  const code = error instanceof AdiabitError ? error.code : 'internal';
  const message = error instanceof Error ? error.message : String(error);
  return { code, message: message.slice(0, MAX_MESSAGE) };
}
