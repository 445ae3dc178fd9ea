import { setTimeout as wait } from 'node:timers/promises';
import type { Reported } from './contract/board.js';
import { isReachable, type GatewayState } from './contract/gateway.js';
import type { Mailbox } from './contract/mailbox.js';

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

/** A broker sends what it has retained in one go: that it has, is known by a pause this long. */
const PAUSE_MS = 300;
const LONGEST_MS = 10_000;

/** Reads the fleet as it is now. @throws FleetError as the connection does */
export async function readFleet(mailbox: Mailbox): Promise<FleetView> {
  const gateways = new Map<string, GatewayState>();
  const reports = new Map<string, Reported>();
  let heard = 0;
  const stops = await Promise.all([
    mailbox.subscribe('gatewayState', {}, ({ ids, payload }) => {
      heard++;
      if (payload !== undefined) gateways.set(ids.gateway, payload);
    }),
    mailbox.subscribe('reported', {}, ({ ids, payload }) => {
      heard++;
      if (payload !== undefined) reports.set(ids.chip, payload);
    }),
  ]);
  let before = -1;
  for (let waitedMs = 0; before !== heard && waitedMs < LONGEST_MS; waitedMs += PAUSE_MS) {
    before = heard;
    await wait(PAUSE_MS);
  }
  await Promise.all(stops.map((stop) => stop()));
  const boards = [...reports].map(([chip, reported]): readonly [string, FleetBoard] => [
    chip,
    { reported, isReachable: isReachable(chip, reported, gateways.get(reported.gateway)) },
  ]);
  return { gateways, boards: new Map(boards) };
}
