/** Which boards a rollout is for. */
export type TargetChoice =
  | { readonly kind: 'all' }
  /** Boards by the id of their chip, whether they were seen yet or not. */
  | { readonly kind: 'chips'; readonly chips: readonly string[] }
  /** Boards by kind, such as `rp2040`. */
  | { readonly kind: 'boards'; readonly boards: readonly string[] };

/** How many boards a group has: a number, or percents of all. The last group takes what the others leave. */
export type GroupSize = { readonly boards: number } | { readonly percent: number };

/** One group of a rollout: how large it is, and what has to hold before the next one begins. */
export interface GroupDefinition {
  readonly size: GroupSize;
  /** The next group begins once this many percent of the group have succeeded. */
  readonly successPercent: number;
  /** The rollout stops once more than this many percent of the group have failed. */
  readonly errorPercent: number;
}

/** What a rollout does; it never changes once it is published. */
export interface RolloutDefinition {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the bitstream, hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
  readonly targets: TargetChoice;
  readonly groups: readonly GroupDefinition[];
  /** How often a failed board is tried again before it counts as failed. */
  readonly retries: number;
  /** How many boards may be in the middle of it at once. If absent, as many as a group has. */
  readonly atOnce?: number | undefined;
  /** What a person has to approve: nothing, the start, or each group. */
  readonly approval: 'none' | 'start' | 'groups';
  /** Fingerprints of keys, one of which must have signed the bitstream. If absent, no signature is asked for. */
  readonly requireSignature?: readonly string[] | undefined;
  readonly canary: { readonly inferences: number; readonly seed: number };
  /** What happens to the boards of a group that fails: nothing more, or back to the circuit that each had. */
  readonly onErrors: 'pause' | 'revert';
  /** A board that nobody has heard of for so long is unreachable: it is waited for, and holds up no other. */
  readonly unreachableAfterSeconds: number;
}

/** Tells whether a rollout is for a board. */
export function isTarget({ targets }: RolloutDefinition, chip: string, board: string): boolean {
  if (targets.kind === 'chips') return targets.chips.includes(chip);
  return targets.kind === 'all' || targets.boards.includes(board);
}

/** Shares boards out: gives the size of each group. Percents are rounded up, so that none is empty while boards are left. */
export function groupSizes(groups: readonly GroupDefinition[], boards: number): readonly number[] {
  let left = boards;
  return groups.map(({ size }, index) => {
    const wanted = 'boards' in size ? size.boards : Math.ceil((size.percent * boards) / 100);
    const taken = index === groups.length - 1 ? left : Math.min(left, wanted);
    left -= taken;
    return taken;
  });
}
