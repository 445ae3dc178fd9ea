import { isReachable, type GatewayState, type Reported } from '../contract/index.js';
import type { RolloutEvent } from './events.js';

/** Which boards cannot be reached, and for how long: pure bookkeeping, told the time. */
export class Presence {
  readonly #gateways = new Map<string, GatewayState>();
  readonly #boards = new Map<string, Reported>();
  readonly #awaySinceMs = new Map<string, number>();
  readonly #told = new Map<string, boolean>();

  gateway(gateway: string, state: GatewayState | undefined): void {
    if (state === undefined) this.#gateways.delete(gateway);
    else this.#gateways.set(gateway, state);
  }

  board(chip: string, reported: Reported): void {
    this.#boards.set(chip, reported);
  }

  /** Gives what has changed: boards that were away for so long, and those that are back. */
  changes(nowMs: number, limitMs: number): readonly RolloutEvent[] {
    const events: RolloutEvent[] = [];
    for (const [chip, reported] of this.#boards) {
      const isHere = isReachable(chip, reported, this.#gateways.get(reported.gateway));
      if (isHere) this.#awaySinceMs.delete(chip);
      else if (!this.#awaySinceMs.has(chip)) this.#awaySinceMs.set(chip, nowMs);
      const isAway = !isHere && nowMs - this.#awaySinceMs.get(chip)! >= limitMs;
      if (isAway === this.#told.get(chip) || (!isHere && !isAway)) continue;
      this.#told.set(chip, isAway);
      events.push({ type: 'reach', chip, isAway });
    }
    return events;
  }
}
