import { z } from 'zod';
import type { Failure } from '../envelope.js';
import { method } from './define.js';

/** Boards behind gateways, as a broker has them. */
export interface Fleet {
  /** The address of the broker, without who asks. */
  readonly broker: string;
  readonly connection: 'connecting' | 'open' | 'lost' | 'refused';
  /** Why it is lost or refused. */
  readonly error?: Failure;
  readonly gateways: readonly FleetGateway[];
  readonly boards: readonly FleetBoard[];
  readonly rollouts: readonly FleetRollout[];
  /** Messages that were dropped because they are none of a fleet. */
  readonly dropped: number;
}

export interface FleetGateway {
  readonly id: string;
  readonly isOnline: boolean;
  readonly tags: readonly string[];
  readonly boards: number;
  /** Ports whose boards are not in the fleet, each with why. */
  readonly refused: readonly { readonly port: string; readonly message: string }[];
}

export interface FleetBoard {
  readonly chip: string;
  readonly gateway: string;
  /** The id of its kind of board. */
  readonly kind: string;
  readonly port: string;
  readonly state: 'ready' | 'working' | 'unreachable';
  /** The circuit that a reset starts, by its digest; absent if none. */
  readonly confirmed?: string;
  /** How its last wish ended, if that was not well. */
  readonly trouble?: { readonly result: 'failed' | 'reverted'; readonly step: string; readonly message: string };
}

export const ROLLOUT_COMMANDS = ['start', 'pause', 'resume', 'approve', 'abort'] as const;
export type RolloutCommand = (typeof ROLLOUT_COMMANDS)[number];

export interface FleetRollout {
  readonly id: string;
  readonly name: string;
  readonly circuit: string;
  /** Absent until a coordinator has taken it up. */
  readonly phase?: string;
  /** Why it stands still. */
  readonly pause?: string;
  readonly groups: readonly FleetGroup[];
}

/** The boards of a group, counted by what became of them. */
export interface FleetGroup {
  readonly phase: string;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly running: number;
  readonly unreachable: number;
}

const text = (length: number) => z.string().min(1).max(length);

export const FLEET_METHODS = {
  /** Returns the fleet that is watched; undefined if none is. */
  readFleet: method<Fleet | undefined>()('fleet', z.strictObject({})),
  /** Watches the fleet of a broker, instead of the one before. The password is kept nowhere. */
  watchFleet: method<undefined>()(
    'fleet',
    z.strictObject({
      broker: text(300),
      user: z.exactOptional(text(200)),
      password: z.exactOptional(text(1000)),
      prefix: z.exactOptional(text(200)),
    }),
  ),
  leaveFleet: method<undefined>()('fleet', z.strictObject({})),
  /** Asks the coordinator of a rollout for something. */
  commandRollout: method<undefined>()(
    'fleet',
    z.strictObject({ rollout: text(64), command: z.enum(ROLLOUT_COMMANDS) }),
  ),
};

export interface FleetEvents {
  /** The fleet that is watched, at most twice a second. */
  readonly fleet: Fleet | undefined;
}
