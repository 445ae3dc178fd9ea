import { useEffect } from 'preact/hooks';
import { Notice } from '../../parts/notice.js';
import { viewKeys } from '../../shell/keys.js';
import { library } from '../../state.js';
import {
  ascend,
  buildShown,
  cancelWork,
  circuit,
  followEntry,
  network,
  shownEntry,
  work,
  type Loaded,
} from './circuit-state.js';
import { Facts } from './facts.js';
import { Fits } from './fits.js';
import { LayerPanel } from './layer.js';
import { Strip } from './strip.js';
import { followCircuit, simulate } from './wave/wave-state.js';
import { Wave } from './wave/wave.js';

const valueOf = <T,>(loaded: Loaded<T>): T | undefined => (loaded.kind === 'done' ? loaded.value : undefined);

/** Looks into a circuit: what it is, its layers, neurons and cells, and how one inference runs through it. */
export function Circuit() {
  useEffect(followEntry, []);
  useEffect(followCircuit, []);
  useEffect(() => {
    viewKeys.value = { space: simulate, escape: () => (work.value ? cancelWork() : ascend()) };
    return () => {
      viewKeys.value = {};
    };
  }, []);
  if (shownEntry.value === undefined) {
    return (
      <div class="empty">
        <h2>No circuit yet</h2>
        <p>
          {library.value.length === 0
            ? 'Drop a .abit file anywhere in the window to look into it.'
            : 'Choose a circuit on the left. That of a device is shown if it is in the list.'}
        </p>
      </div>
    );
  }
  if (network.value.kind === 'failed') return <Notice kind="bad">{network.value.error.message}</Notice>;
  const facts = valueOf(network.value);
  if (facts === undefined) return <p class="muted">Reading the bitstream …</p>;
  const built = valueOf(circuit.value);
  return (
    <>
      <Facts facts={facts} circuit={built} />
      <Building />
      <Strip facts={facts} circuit={built} />
      <LayerPanel facts={facts} circuit={built} />
      {built && <Wave facts={facts} circuit={built} />}
      <Fits facts={facts} />
    </>
  );
}

/** Says that the circuit is being built, or why it is not there. */
function Building() {
  if (circuit.value.kind === 'failed') {
    return (
      <Notice
        kind="bad"
        action={
          <button type="button" class="button" onClick={buildShown}>
            Build
          </button>
        }
      >
        There is no circuit to look into. {circuit.value.error.message}
      </Notice>
    );
  }
  if (circuit.value.kind === 'done') return null;
  return (
    <div class="working" role="status">
      <span>Building the circuit …</span>
      <span class="bar endless">
        <i />
      </span>
      <button type="button" class="button quiet" onClick={cancelWork}>
        Cancel
      </button>
    </div>
  );
}
