import type { RolloutControl } from '../contract/index.js';
import type { BoardTraits } from './groups.js';

/** How far a board has come with a wish. */
export interface WishOutcome {
  readonly wish: string;
  readonly result: 'running' | 'succeeded' | 'failed';
  /** What went wrong; only where something did. */
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/** What a board says of itself. */
export interface BoardEvent extends BoardTraits {
  readonly type: 'board';
  /** The circuit that boots. If absent, none does. */
  readonly confirmed?: string | undefined;
  /** If absent, nothing was wished of it yet. */
  readonly outcome?: WishOutcome | undefined;
}

/** What happens to a rollout. Messages come at least once, so every event may come again and changes nothing then. */
export type RolloutEvent =
  | BoardEvent
  /** A board has not been seen for long, or is back. */
  | { readonly type: 'reach'; readonly chip: string; readonly isAway: boolean }
  /** Somebody wants something. */
  | ({ readonly type: 'control' } & Pick<RolloutControl, 'nonce' | 'command'>)
  /** Time to look, though nothing has happened. */
  | { readonly type: 'look' };

/** What has to be done for a rollout. */
export type RolloutAction =
  | {
      readonly type: 'wish';
      readonly chip: string;
      readonly id: string;
      readonly circuit: string;
      /** Whether it is the circuit of before, which lies on the board. */
      readonly back: boolean;
      readonly previous?: string | undefined;
    }
  /** Takes back a wish that the board has not come to yet. */
  | { readonly type: 'withdraw'; readonly chip: string; readonly id: string };
