import type { TargetError } from './state.js';

export const CONTROL_COMMANDS = ['start', 'pause', 'resume', 'approve', 'abort'] as const;
export type ControlCommand = (typeof CONTROL_COMMANDS)[number];

/** How far a board has come with a wish. */
export interface BoardOutcome {
  readonly wish: string;
  readonly result: 'running' | 'succeeded' | 'failed';
  /** What went wrong; only where something did. */
  readonly error?: TargetError | undefined;
}

/** What a board says of itself. */
export interface BoardEvent {
  readonly type: 'board';
  readonly chip: string;
  readonly board: string;
  /** Digest of the circuit that boots. If absent, none does. */
  readonly confirmed?: string | undefined;
  /** If absent, the board was not wished anything yet. */
  readonly outcome?: BoardOutcome | undefined;
}

/** What happens to a rollout. Messages come at least once, so every event may come again and changes nothing then. */
export type RolloutEvent =
  | BoardEvent
  /** A board has not been heard of for long, or is back. */
  | { readonly type: 'reach'; readonly chip: string; readonly isAway: boolean }
  /** A person wants something. The nonce names this one command. */
  | { readonly type: 'control'; readonly nonce: string; readonly command: ControlCommand }
  /** Time to look, though nothing has happened: after all that is known at the beginning has come in. */
  | { readonly type: 'look' };

/** What has to be done for a rollout. */
export type RolloutCommand =
  | {
      readonly type: 'wish';
      readonly chip: string;
      readonly id: string;
      readonly digest: string;
      /** The circuit that the board had before. */
      readonly previous?: string | undefined;
    }
  /** Takes back a wish that the board has not come to yet. */
  | { readonly type: 'withdraw'; readonly chip: string; readonly id: string };
