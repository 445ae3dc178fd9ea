import { useEffect } from 'preact/hooks';
import { viewKeys } from '../../shell/keys.js';
import { AlarmBar } from './alarm.js';
import { dismissAlarm } from './alarm-state.js';
import { InputPanel } from './input-panel.js';
import { Layers } from './layers.js';
import { Outputs } from './outputs.js';
import { circuit, subject } from './session.js';
import { NothingToWatch, Standing } from './standing.js';
import { run, stop, toggle } from './test-run.js';
import { TestBar } from './test-bar.js';
import { TestResults } from './test-results.js';

/** The device beside its simulator: an input on the left, what both say of it on the right, a test set below. */
export function Live() {
  useEffect(() => {
    const escape = (): void => (run.peek().isRunning ? stop() : dismissAlarm());
    viewKeys.value = { space: () => circuit.peek() && toggle(), escape };
    return () => {
      stop();
      viewKeys.value = {};
    };
  }, []);
  if (subject.value === undefined) return <NothingToWatch />;
  return (
    <>
      <AlarmBar />
      <Standing />
      {circuit.value === undefined ? (
        <p class="muted" role="status">
          Reading {subject.value.network.name} …
        </p>
      ) : (
        <>
          <TestBar circuit={circuit.value} />
          <div class="watch">
            <InputPanel circuit={circuit.value} />
            <Outputs circuit={circuit.value} />
          </div>
          <Layers circuit={circuit.value} />
          <TestResults circuit={circuit.value} />
        </>
      )}
    </>
  );
}
