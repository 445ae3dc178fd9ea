/** What the processes of a fleet campaign say to each other. */
import type { WishStep } from '@adiabit/sdk/fleet';
import type { Traffic } from '../support/counted-connection.js';

/** A device of the fleet: the real firmware as a process, with its flash in a file. */
export interface FleetDevice {
  readonly name: string;
  readonly flashFile: string;
  readonly program: string;
}

/** A death that is planned for when a gateway begins a step for the n-th time. */
export interface PlannedDeath {
  readonly number: number;
  readonly step: WishStep;
  readonly times: number;
  readonly victim: 'gateway' | 'device';
}

export interface GatewaySetup {
  readonly id: string;
  readonly url: string;
  readonly cacheFolder: string;
  readonly devices: readonly FleetDevice[];
  readonly deaths: readonly PlannedDeath[];
}

export interface CoordinatorSetup {
  readonly url: string;
  readonly rollout: string;
  readonly leaseSeconds: number;
}

/** What a process has used so far. */
export interface Usage {
  readonly traffic: Traffic;
  readonly cpuMs: number;
  readonly residentBytes: number;
}

export type FromProcess =
  | { readonly type: 'step'; readonly step: WishStep }
  | { readonly type: 'dying'; readonly number: number }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'over' };

export const tellParent = (message: FromProcess, then?: () => void): void =>
  void process.send?.(message, undefined, {}, () => then?.());

/** Answers every message of the parent with what was used, and ends with the parent. */
export function answerUsage(traffic: Traffic): void {
  process.on('disconnect', () => process.exit());
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    const residentBytes = process.memoryUsage.rss();
    tellParent({ type: 'usage', usage: { traffic, cpuMs: (user + system) / 1000, residentBytes } });
  });
}
