/** What a rollout wishes of a board, and for which time. */
export interface Wish {
  /** Whether the board shall go back to the circuit it had before. */
  readonly back: boolean;
  /** From 1 on. */
  readonly attempt: number;
}

/**
 * Names a wish. The name follows from the rollout, so a coordinator that died and came back wishes the same thing again, not
 * another.
 */
export const wishId = (rollout: string, { back, attempt }: Wish): string =>
  `${rollout}.${back ? 'back' : 'on'}.${attempt}`;

/** Reads the name of a wish; gives nothing for those of other rollouts. */
export function readWishId(rollout: string, id: string): Wish | undefined {
  if (!id.startsWith(`${rollout}.`)) return undefined;
  const [, way, attempt] = /^(on|back)\.([1-9]\d{0,3})$/.exec(id.slice(rollout.length + 1)) ?? [];
  return attempt === undefined ? undefined : { back: way === 'back', attempt: Number(attempt) };
}
