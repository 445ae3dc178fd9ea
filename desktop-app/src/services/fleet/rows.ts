import {
  countPhases,
  isReachable,
  type GatewayState,
  type Reported,
  type RolloutDefinition,
  type RolloutState,
} from '@adiabit/sdk/fleet';
import type { FleetBoard, FleetGateway, FleetGroup, FleetRollout } from '../../common/contract/fleet.js';

/** What a broker has of a rollout. */
export interface RolloutMessages {
  readonly definition?: RolloutDefinition | undefined;
  /** If absent, nobody has driven it yet. */
  readonly state?: RolloutState | undefined;
}

export const gatewayRow = (id: string, { online, tags, boards, refused }: GatewayState): FleetGateway => ({
  id,
  isOnline: online,
  tags,
  boards: boards.length,
  refused: refused.map(({ port, message }) => ({ port, message })),
});

export function boardRow(chip: string, reported: Reported, gateway: GatewayState | undefined): FleetBoard {
  const { board, port, current, confirmed, outcome } = reported;
  const working = current === undefined ? 'ready' : 'working';
  const trouble =
    outcome === undefined || outcome.result === 'succeeded'
      ? undefined
      : { result: outcome.result, step: outcome.step, message: outcome.error?.message ?? '' };
  return {
    chip,
    gateway: reported.gateway,
    kind: board.kind,
    port,
    state: isReachable(chip, reported, gateway) ? working : 'unreachable',
    ...(confirmed === undefined ? {} : { confirmed }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

/** Returns a rollout; none if what it is was taken away. */
export function rolloutRow(id: string, { definition, state }: RolloutMessages): readonly FleetRollout[] {
  if (definition === undefined) return [];
  const { name, circuit } = definition;
  if (state === undefined) return [{ id, name, circuit, groups: [] }];
  const { phase, pause, groups } = state;
  const counts = countPhases(state);
  return [
    {
      id,
      name,
      circuit,
      phase,
      ...(pause === undefined ? {} : { pause }),
      groups: groups.map((group, index): FleetGroup => {
        const { succeeded, failed, reverted, running, unreachable, scheduled } = counts[index];
        const bad = failed + reverted;
        const total = succeeded + bad + running + unreachable + scheduled;
        return { phase: group.phase, total, succeeded, failed: bad, running, unreachable };
      }),
    },
  ];
}
