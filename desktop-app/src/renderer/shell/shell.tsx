import { useEffect } from 'preact/hooks';
import { Notice } from '../parts/notice.js';
import { Glyph, stateWords } from '../parts/glyph.js';
import { short } from '../parts/format.js';
import { device, dismiss, entry, isConnected, problems, view, VIEWS, type View } from '../state.js';
import { Circuit } from '../views/circuit/circuit.js';
import { FlashView } from '../views/flash/flash.js';
import { FleetView } from '../views/fleet/fleet.js';
import { Live } from '../views/live/live.js';
import { Overview } from '../views/overview.js';
import { Train } from '../views/train/train.js';
import { DropTarget } from './drop-target.js';
import { Keys, useKeys } from './keys.js';
import { LogDrawer } from './log-drawer.js';
import { Sidebar } from './sidebar.js';

const LABELS: Readonly<Record<View, string>> = {
  overview: 'Overview',
  flash: 'Flash',
  live: 'Live',
  circuit: 'Circuit',
  train: 'Train',
  fleet: 'Fleet',
};

const CONTENTS: Readonly<Record<View, () => preact.JSX.Element>> = {
  overview: Overview,
  flash: FlashView,
  live: Live,
  circuit: Circuit,
  train: Train,
  fleet: FleetView,
};

/** The window: what exists on the left, what is done with the one that is chosen in the middle, what happened below. */
export function Shell() {
  useKeys();
  useEffect(() => {
    document.title = device.value === undefined ? 'Adiabit' : `${device.value.name} - Adiabit`;
  }, [device.value?.name]);
  const Content = CONTENTS[view.value];
  return (
    <div class="shell">
      <Sidebar />
      <main class="main">
        <Title />
        <Tabs />
        <div class="view" role="tabpanel" id="view" aria-labelledby={`tab-${view.value}`} tabIndex={-1}>
          {isConnected.value === false && (
            <Notice kind="bad">
              The studio does not answer. Start it again with <code>adiabit studio</code>, and open the address that it
              prints.
            </Notice>
          )}
          <Content />
        </div>
      </main>
      <div class="toasts">
        {problems.value.map((failure) => (
          <Notice
            key={failure.message}
            kind="bad"
            action={
              <button type="button" class="button quiet" onClick={() => dismiss(failure)}>
                Dismiss
              </button>
            }
          >
            {failure.message}
          </Notice>
        ))}
      </div>
      <LogDrawer />
      <DropTarget />
      <Keys />
    </div>
  );
}

function Title() {
  const chosen = device.value;
  const about = chosen?.about;
  const words = [
    about?.boardId,
    about && `firmware ${about.firmware}`,
    about?.chipId !== undefined && short(about.chipId),
    entry.value && `circuit ${entry.value.network.name}`,
  ].filter(Boolean);
  return (
    <header class="title">
      <h1>{chosen?.name ?? entry.value?.network.name ?? 'Adiabit'}</h1>
      <span class="about">{words.join(' · ')}</span>
      {chosen && (
        <span class="state" role="status">
          <Glyph state={chosen.state} /> {stateWords(chosen.state)}
        </span>
      )}
    </header>
  );
}

const Tabs = () => (
  <div class="tabs" role="tablist" aria-label="Views">
    {VIEWS.map((name) => (
      <button
        key={name}
        type="button"
        role="tab"
        id={`tab-${name}`}
        aria-controls="view"
        aria-selected={view.value === name}
        onClick={() => (view.value = name)}
      >
        {LABELS[name]}
      </button>
    ))}
  </div>
);
