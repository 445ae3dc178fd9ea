import type { FleetGroup, FleetRollout, RolloutCommand } from '../../../common/contract/fleet.js';
import { short, whole } from '../../parts/format.js';
import { command } from './fleet-state.js';

/** What can be asked of a rollout, by its phase. */
const COMMANDS: Readonly<Record<string, readonly (readonly [RolloutCommand, string])[]>> = {
  ready: [['start', 'Start']],
  waitingForApproval: [
    ['approve', 'Approve'],
    ['abort', 'Abort'],
  ],
  running: [
    ['pause', 'Pause'],
    ['abort', 'Abort'],
  ],
  paused: [
    ['resume', 'Resume'],
    ['abort', 'Abort'],
  ],
};

const PHASES: Readonly<Record<string, string>> = { waitingForApproval: 'waits for approval' };
const REASONS: Readonly<Record<string, string>> = {
  operator: 'somebody asked for it',
  errors: 'too many errors',
  successOutOfReach: 'too few can still succeed',
};

export const Rollouts = ({ rollouts }: { readonly rollouts: readonly FleetRollout[] }) => (
  <section aria-label="Rollouts">
    <h2>Rollouts</h2>
    {rollouts.map((rollout) => (
      <Rollout key={rollout.id} {...rollout} />
    ))}
  </section>
);

function Rollout({ id, name, circuit, phase, pause, groups }: FleetRollout) {
  const standing = phase === undefined ? 'not driven yet' : (PHASES[phase] ?? phase);
  return (
    <article class="rollout" aria-label={name}>
      <header class="broker">
        <h3>{name}</h3>
        <span class="muted">
          <span role="status">
            {standing}
            {pause === undefined ? '' : `: ${REASONS[pause] ?? pause}`}
          </span>
          , circuit <code title={circuit}>{short(circuit)}</code>
        </span>
        {(COMMANDS[phase ?? 'ready'] ?? []).map(([wanted, label]) => (
          <button key={wanted} type="button" class="button" onClick={() => void command(id, wanted)}>
            {label}
          </button>
        ))}
      </header>
      <ol>
        {groups.map((group, index) => (
          <Group key={index} number={index + 1} {...group} />
        ))}
      </ol>
    </article>
  );
}

/** Widths are shares of a group, drawn by an SVG: the page's policy allows no styles of elements. */
function Group({
  number,
  phase,
  total,
  succeeded,
  failed,
  running,
  unreachable,
}: FleetGroup & { readonly number: number }) {
  const parts = [
    ['succeeded', succeeded],
    ['failed', failed],
    ['running', running],
    ['unreachable', unreachable],
  ] as const;
  const told = parts.filter(([, count]) => count > 0).map(([word, count]) => `${whole(count)} ${word}`);
  const words = total === 0 ? phase : [phase, total === 1 ? '1 board' : `${whole(total)} boards`, ...told].join(', ');
  let from = 0;
  return (
    <li>
      <span>Group {number}</span>
      <svg viewBox={`0 0 ${Math.max(1, total)} 1`} preserveAspectRatio="none" aria-hidden="true">
        {parts.map(([word, count]) => {
          const at = from;
          from += count;
          return <rect key={word} class={word} x={at} y={0} width={count} height={1} />;
        })}
      </svg>
      <span class="muted">{words}</span>
    </li>
  );
}
