import type { Reply } from '../protocol/replies.js';
import type { Request } from '../protocol/requests.js';

/** What an exchange asks, as steps: the requests of a step are sent back to back, and sent again together. */
export interface Plan {
  /** Requests of step `index`, counting from 0; undefined past the last step. */
  step(index: number): readonly Request[] | undefined;
  /**
   * Takes the replies to all requests of step `index`, refusals too; steps finish in order.
   * A thrown error ends the exchange.
   */
  finish(index: number, replies: readonly Reply[]): void;
  /**
   * Returns the number of steps that the device has done, for requests whose reply tells it. Replaces `finish`.
   * A thrown error ends the exchange.
   */
  stepsDone?(reply: Reply): number;
  /** Whether steps are sent ahead of the replies, with new sequence numbers when sent again. */
  readonly ahead: boolean;
  /** Resends in a row without progress before giving up. */
  readonly maxResends: number;
  /** Whether damage on the line makes the host send again at once instead of after the time-out. */
  readonly heedsDamage: boolean;
}
