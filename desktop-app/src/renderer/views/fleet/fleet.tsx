import { useEffect } from 'preact/hooks';
import type { Fleet } from '../../../common/contract/fleet.js';
import { Notice } from '../../parts/notice.js';
import { Boards } from './boards.js';
import { ConnectForm } from './connect-form.js';
import { fleet, leave, listen } from './fleet-state.js';
import { Gateways } from './gateways.js';
import { Rollouts } from './rollouts.js';

/** Boards behind gateways: what they run, and what is being rolled out to them. */
export function FleetView() {
  useEffect(listen, []);
  const watched = fleet.value;
  if (watched === undefined) {
    return (
      <div class="fleet">
        <ConnectForm />
        <div class="empty">
          <h2>No fleet yet</h2>
          <p>
            Connect to the broker that gateways report to. On one computer, <code>adiabit fleet serve</code> runs a
            broker and <code>adiabit gateway --all</code> brings its boards in.
          </p>
        </div>
      </div>
    );
  }
  return (
    <div class="fleet">
      <Standing fleet={watched} />
      {watched.rollouts.length > 0 && <Rollouts rollouts={watched.rollouts} />}
      <Gateways gateways={watched.gateways} />
      <Boards />
    </div>
  );
}

const WORDS: Readonly<Record<Fleet['connection'], string>> = {
  connecting: 'connecting',
  open: 'connected',
  lost: 'lost, tried again until it answers',
  refused: 'refused',
};

/** The broker, and how the connection to it stands. */
function Standing({ fleet: { broker, connection, error, dropped } }: { readonly fleet: Fleet }) {
  return (
    <>
      <header class="broker">
        <h2>Broker</h2>
        <code>{broker}</code>
        <span class="muted" role="status">
          {WORDS[connection]}
          {dropped === 0 ? '' : `, ${dropped} messages that are none of a fleet`}
        </span>
        <button type="button" class="button quiet" onClick={() => void leave()}>
          Disconnect
        </button>
      </header>
      {error && <Notice kind={connection === 'lost' ? 'warn' : 'bad'}>{error.message}</Notice>}
    </>
  );
}
