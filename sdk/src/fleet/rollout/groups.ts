import { permutation, Random } from '../../random.js';
import type { RolloutDefinition, RolloutGroup, RolloutState, TargetState } from '../contract/index.js';

/** What a board is chosen by. */
export interface BoardTraits {
  readonly chip: string;
  /** Such as `rp2040`. */
  readonly kind: string;
  readonly tags: readonly string[];
}

/** Tells whether a rollout is for a board. */
export function isTarget({ targets }: Pick<RolloutDefinition, 'targets'>, { chip, kind, tags }: BoardTraits): boolean {
  switch (targets.kind) {
    case 'all':
      return true;
    case 'chips':
      return targets.chips.includes(chip);
    case 'boards':
      return targets.boards.includes(kind);
    case 'tags':
      return targets.tags.some((tag) => tags.includes(tag));
  }
}

/**
 * Shares boards out: gives the size of each group. The last one takes what the others leave. Percents are rounded up, so that
 * no group with a share is empty while boards are left.
 */
export function groupSizes(groups: readonly Pick<RolloutGroup, 'size'>[], boards: number): readonly number[] {
  let left = boards;
  return groups.map(({ size }, index) => {
    const wanted = size.kind === 'count' ? size.boards : Math.ceil((size.percent * boards) / 100);
    const taken = index === groups.length - 1 ? left : Math.min(left, wanted);
    left -= taken;
    return taken;
  });
}

/**
 * Gives every board its group, once there are boards and none has one. Which boards come first is drawn, by the rollout's id:
 * a first group shall not be the boards of one gateway.
 */
export function shareOut(definition: RolloutDefinition, state: RolloutState): RolloutState {
  const chips = Object.keys(state.targets).sort();
  if (chips.length === 0 || hasGroups(state)) return state;
  const groupOfPlace = groupSizes(definition.groups, chips.length).flatMap((size, group) =>
    Array.from({ length: size }, () => group),
  );
  const targets: Record<string, TargetState> = {};
  permutation(chips.length, Random.fromSeed(0, definition.id)).forEach((chip, place) => {
    targets[chips[chip]] = { ...state.targets[chips[chip]], group: groupOfPlace[place] };
  });
  return { ...state, targets };
}

export const hasGroups = ({ targets }: RolloutState): boolean =>
  Object.values(targets).some(({ group }) => group !== undefined);
