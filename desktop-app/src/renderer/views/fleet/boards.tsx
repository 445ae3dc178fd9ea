import type { FleetBoard } from '../../../common/contract/fleet.js';
import { short, whole } from '../../parts/format.js';
import { library } from '../../state.js';
import { circuits, fleet, foundBoards, search } from './fleet-state.js';

const SHAPES: Readonly<Record<FleetBoard['state'], readonly [shape: string, glyph: string]>> = {
  ready: ['●', 'live'],
  working: ['◐', 'busy'],
  unreachable: ['–', 'gone'],
};

/** So many rows are drawn at once; a search finds the others. */
const MOST_ROWS = 500;

/** Every board, what it runs, and what went wrong with it. */
export function Boards() {
  const all = fleet.value?.boards ?? [];
  const found = foundBoards.value;
  return (
    <section aria-label="Boards">
      <header class="broker">
        <h2>Boards</h2>
        <span class="muted">
          {circuits.value.map(([digest, boards]) => `${whole(boards)} run ${nameOf(digest)}`).join(', ')}
        </span>
        <input
          type="search"
          class="field"
          aria-label="Search the boards"
          placeholder="chip, gateway, state …"
          value={search.value}
          onInput={({ currentTarget }) => (search.value = currentTarget.value)}
        />
      </header>
      {all.length === 0 ? (
        <p class="muted">None has been reported yet.</p>
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th>Chip</th>
              <th>Board</th>
              <th>Gateway</th>
              <th>State</th>
              <th>Circuit</th>
              <th>Last trouble</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, MOST_ROWS).map((board) => (
              <Row key={board.chip} {...board} />
            ))}
          </tbody>
        </table>
      )}
      <p class="muted" role="status">
        {found.length > MOST_ROWS
          ? `The first ${MOST_ROWS} of ${whole(found.length)} boards: search for the others.`
          : `${whole(found.length)} of ${whole(all.length)} boards`}
      </p>
    </section>
  );
}

const Row = ({ chip, kind, gateway, port, state, confirmed, trouble }: FleetBoard) => (
  <tr>
    <td>
      <code title={chip}>{short(chip)}</code>
    </td>
    <td>{kind}</td>
    <td title={port}>{gateway}</td>
    <td>
      <span class={`glyph ${SHAPES[state][1]}`} aria-hidden="true">
        {SHAPES[state][0]}
      </span>{' '}
      {state}
    </td>
    <td title={confirmed}>{nameOf(confirmed)}</td>
    <td>{trouble && `${trouble.result} at ${trouble.step}: ${trouble.message}`}</td>
  </tr>
);

/** Names a circuit: as the library does or, where it has none of this digest, by that. */
const nameOf = (digest: string | undefined): string =>
  digest === undefined ? 'no circuit' : (library.value.find(({ id }) => id === digest)?.network.name ?? short(digest));
