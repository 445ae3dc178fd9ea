import type { Clock } from '../../device/index.js';
import type { BlobFetcher } from '../blobs/fetch.js';
import type { Outcome, WishStep } from '../contract/board.js';
import type { Mailbox } from '../contract/mailbox.js';
import type { IdsOf, MessageName, Payload } from '../contract/messages.js';
import type { FleetError } from '../errors.js';
import type { SignaturePolicy } from './check-file.js';
import type { Lanes } from './lanes.js';

/** Is told what a gateway does. */
export interface GatewayObserver {
  readonly onArrived?: (chip: string, port: string) => void;
  readonly onLost?: (chip: string, port: string) => void;
  readonly onRefused?: (port: string, code: string, message: string) => void;
  /** Comes at the beginning of every step; a circuit that nobody wants is sent away without a wish. */
  readonly onStep?: (chip: string, wish: string | undefined, step: WishStep) => void;
  readonly onOutcome?: (chip: string, outcome: Outcome) => void;
  /** A message that was dropped, or one that could not be published. */
  readonly onTrouble?: (topic: string, why: FleetError) => void;
}

/** What the boards of a gateway share. */
export interface GatewayContext {
  readonly gateway: string;
  readonly tags: readonly string[];
  readonly mailbox: Mailbox;
  readonly blobs: BlobFetcher;
  readonly lanes: Lanes;
  readonly policy: SignaturePolicy;
  readonly observer: GatewayObserver;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly heartbeatMs: number;
  readonly signal: AbortSignal;
  /** Publishes a message; what goes wrong is told the observer, and nobody waits for it. */
  publish<N extends MessageName>(name: N, ids: IdsOf<N>, payload: Payload<N>): Promise<void>;
}
