import type { FleetBoard, FleetView, Outcome, WishStep } from '../../fleet/index.js';
import { styled, type Terminal } from '../terminal.js';

const SHOWN_DIGITS = 12;

/** Says that a board begins a step. */
export const sayStep = (terminal: Terminal, chip: string, wish: string | undefined, step: WishStep): void =>
  terminal.say(`${chip}: ${wish === undefined ? '' : `${wish}, `}${step}`);

/** Says how a wish ended on a board. */
export const sayOutcome = (terminal: Terminal, chip: string, outcome: Outcome): void =>
  terminal.say(`${chip}: ${outcomeText(outcome)}`);

function outcomeText({ wish, result, step, error }: Outcome): string {
  if (error === undefined) return `${wish} ${result}`;
  return `${wish} ${result} at ${step}: ${error.message} (${error.code})`;
}

/** Prints a fleet: gateway by gateway with its boards, then the boards whose gateway is not known. */
export function printFleetStatus(terminal: Terminal, { gateways, boards: found }: FleetView): void {
  const boards = [...found].sort(byName);
  for (const [id, gateway] of [...gateways].sort(byName)) {
    const own = boards.filter(([, { reported }]) => reported.gateway === id);
    const online = gateway.online ? 'online' : 'offline';
    terminal.say(styled('bold', id), `  ${[online, boardCount(own.length), ...gateway.tags].join(', ')}`);
    for (const [chip, board] of own) sayBoard(terminal, chip, board);
    for (const { port, message } of gateway.refused) terminal.say(`  ${port}: ${message}`);
  }
  for (const [chip, board] of boards) if (!gateways.has(board.reported.gateway)) sayBoard(terminal, chip, board);
  const reachable = boards.filter(([, { isReachable }]) => isReachable).length;
  terminal.say(`${boardCount(boards.length)}, ${reachable} reachable`);
  terminal.result({
    gateways: Object.fromEntries(gateways),
    boards: Object.fromEntries(boards.map(([chip, board]) => [chip, { state: stateOf(board), ...board.reported }])),
    reachable,
  });
}

const byName = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;
const boardCount = (boards: number): string => (boards === 1 ? '1 board' : `${boards} boards`);

function stateOf({ reported, isReachable }: FleetBoard): string {
  if (!isReachable) return 'unreachable';
  return reported.current === undefined ? 'ready' : 'working';
}

function sayBoard(terminal: Terminal, chip: string, board: FleetBoard): void {
  const { board: about, confirmed, outcome } = board.reported;
  terminal.say(`  ${chip}  ${about.kind}  ${stateOf(board)}  ${confirmed?.slice(0, SHOWN_DIGITS) ?? 'no circuit'}`);
  if (outcome !== undefined && outcome.result !== 'succeeded') terminal.say(`    ${outcomeText(outcome)}`);
}
