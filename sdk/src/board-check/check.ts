import type { Board } from '../boards/index.js';
import type { Bench } from './bench.js';

/** One question to a board, answered alone: it needs nothing of those before it but a board that answers. */
export interface BoardCheck {
  /** A sentence that starts with "the board". */
  readonly name: string;
  /** Why the check does not apply, if it does not. */
  readonly without?: (board: Board, isEmulated: boolean) => string | undefined;
  /** @returns what was seen, for people. @throws CheckFailure or whatever the device throws */
  readonly run: (bench: Bench) => Promise<string>;
}
