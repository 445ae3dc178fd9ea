import type { Reported } from './contract/board.js';
import { isReachable, type GatewayState } from './contract/gateway.js';
import type { Mailbox } from './contract/mailbox.js';
import { readRetained } from './retained.js';

/** A board, as its gateway reported it last. */
export interface FleetBoard {
  readonly reported: Reported;
  /** Whether it can be asked for something now; see `isReachable`. */
  readonly isReachable: boolean;
}

/** What a broker has retained of a fleet. */
export interface FleetView {
  /** By id. */
  readonly gateways: ReadonlyMap<string, GatewayState>;
  /** By chip. */
  readonly boards: ReadonlyMap<string, FleetBoard>;
}

/** Reads the fleet as it is now. @throws FleetError as the connection does */
export async function readFleet(mailbox: Mailbox): Promise<FleetView> {
  const gateways = new Map<string, GatewayState>();
  const reports = new Map<string, Reported>();
  await readRetained((heard) =>
    Promise.all([
      mailbox.subscribe('gatewayState', {}, ({ ids, payload }) => {
        heard(`gateway ${ids.gateway}`);
        if (payload !== undefined) gateways.set(ids.gateway, payload);
      }),
      mailbox.subscribe('reported', {}, ({ ids, payload }) => {
        heard(`board ${ids.chip}`);
        if (payload !== undefined) reports.set(ids.chip, payload);
      }),
    ]),
  );
  const boards = [...reports].map(([chip, reported]): readonly [string, FleetBoard] => [
    chip,
    { reported, isReachable: isReachable(chip, reported, gateways.get(reported.gateway)) },
  ]);
  return { gateways, boards: new Map(boards) };
}
