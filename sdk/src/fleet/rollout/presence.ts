import type { RolloutEvent } from './events.js';

/** Which boards have not been seen for long: pure bookkeeping, told the time. */
export class Presence {
  readonly #isOnline = new Map<string, boolean>();
  readonly #boards = new Map<string, { readonly gateway: string; readonly isPresent: boolean }>();
  readonly #awaySinceMs = new Map<string, number>();
  readonly #told = new Map<string, boolean>();

  gateway(gateway: string, isOnline: boolean): void {
    this.#isOnline.set(gateway, isOnline);
  }

  board(chip: string, gateway: string, isPresent: boolean): void {
    this.#boards.set(chip, { gateway, isPresent });
  }

  /** Gives what has changed: boards that were away for so long, and those that are back. */
  changes(nowMs: number, limitMs: number): readonly RolloutEvent[] {
    const events: RolloutEvent[] = [];
    for (const [chip, { gateway, isPresent }] of this.#boards) {
      // A gateway that has said nothing of itself is as good as none.
      const isHere = isPresent && this.#isOnline.get(gateway) === true;
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
