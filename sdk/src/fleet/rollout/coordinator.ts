import { randomBytes } from 'node:crypto';
import { CancelledError } from '@adiabit/simulator/errors';
import { systemClock, throwIfCancelled, type Clock } from '../../device/index.js';
import { Mailbox, type Connection, type RolloutState } from '../contract/index.js';
import { FleetError } from '../errors.js';
import { Claim } from './claim.js';
import { Drive } from './drive.js';

export interface CoordinatorOptions {
  readonly connection: Connection;
  /** If absent, `adiabit`. */
  readonly prefix?: string | undefined;
  readonly rollout: string;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** How long another coordinator waits for this one to be dead (10 s). */
  readonly leaseSeconds?: number;
  /** Is told the state whenever it has changed and is kept. */
  readonly onState?: (state: RolloutState) => void;
  /** Is told of messages that were dropped, and of those that could not be published. */
  readonly onTrouble?: (topic: string, why: FleetError) => void;
}

const LEASE_SECONDS = 10;

/**
 * Drives a rollout until it is over: claims it, reads what is retained, and goes on from there, whoever drove it before and however
 * that ended. It may be killed at any moment; the next one takes over when the claim has run out.
 * @returns its last state, in phase `finished` or `aborted`
 * @throws FleetError `fleet.rollout-unknown`, `fleet.not-allowed`; CancelledError, after it has given up its claim
 */
export async function driveRollout(options: CoordinatorOptions): Promise<RolloutState> {
  const { connection, prefix, rollout, signal, clock = systemClock, onTrouble = () => undefined } = options;
  const mailbox = new Mailbox(connection, { ...(prefix === undefined ? {} : { prefix }), onDropped: onTrouble });
  const holder = randomBytes(8).toString('hex');
  for (;;) {
    throwIfCancelled(signal);
    const leaseSeconds = options.leaseSeconds ?? LEASE_SECONDS;
    const claim = await Claim.take({ mailbox, rollout, holder, clock, leaseSeconds, signal });
    const drive = new Drive({ mailbox, rollout, claim, clock, signal, onState: options.onState ?? (() => undefined) });
    const stopListening = connection.onReconnect(() => drive.tellAgain());
    try {
      const state = await drive.run();
      if (state !== undefined) return state;
    } catch (error) {
      // A broker that is away is waited for; the claim has run out then.
      if (!(error instanceof FleetError) || error.kind !== 'broker-unreachable') throw error;
      onTrouble(`rollout ${rollout}`, error);
    } finally {
      stopListening();
      await claim.release().catch((error: unknown) => {
        if (!(error instanceof FleetError) && !(error instanceof CancelledError)) throw error;
      });
    }
  }
}
