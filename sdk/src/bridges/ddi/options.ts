import type { Clock } from '../../device/index.js';
import type { BoardOpener } from '../../workflow/index.js';
import type { DdiServer } from './server.js';

/** What the client tells whoever runs it. */
export type DdiEvent =
  | { readonly kind: 'polled'; readonly sleepMs: number }
  | { readonly kind: 'described' }
  | { readonly kind: 'phase'; readonly id: string; readonly phase: string }
  | { readonly kind: 'installed'; readonly id: string; readonly digest: string }
  | { readonly kind: 'downloaded'; readonly id: string }
  | { readonly kind: 'cancelled'; readonly id: string }
  | { readonly kind: 'failed'; readonly id: string; readonly error: Error }
  /** Something that is tried again. */
  | { readonly kind: 'trouble'; readonly error: Error };

export interface DdiOptions {
  readonly server: DdiServer;
  readonly open: BoardOpener;
  /** Where downloads are kept. */
  readonly folder: string;
  /** If given, only what this key has signed is installed. */
  readonly publicKeyFile?: string | undefined;
  /** Poll once, do what is wanted, and end (false). */
  readonly once?: boolean;
  /** How often an action is tried that fails by what may go away by itself (3). */
  readonly tries?: number;
  readonly onEvent?: (event: DdiEvent) => void;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}
