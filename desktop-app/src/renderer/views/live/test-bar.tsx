import type { LiveCircuit } from '../../../common/contract/live.js';
import { percent, whole } from '../../parts/format.js';
import { witness } from './session.js';
import { examples, reset, run, tally, toggle, wanted } from './test-run.js';
import { milliseconds } from './time.js';

const SIZES = [50, 200, 1000, 10_000] as const;

/** Runs a test set over device and simulator, and says how it stands. */
export function TestBar({ circuit: { classNames } }: { readonly circuit: LiveCircuit }) {
  const set = examples.value;
  const { isRunning } = run.value;
  const { done } = tally.value;
  const total = Math.min(wanted.value, set?.count ?? wanted.value);
  return (
    <section class="test-bar" aria-label="Run of the test set">
      <button
        type="button"
        class="button primary"
        disabled={set === undefined || set.count === 0 || classNames.length === 0}
        onClick={toggle}
      >
        {isRunning ? 'Stop' : done > 0 && done < total ? 'Go on' : 'Run test set'}
      </button>
      <kbd class="key">Space</kbd>
      <label>
        the first{' '}
        <select
          class="field"
          disabled={isRunning}
          value={wanted.value}
          onChange={({ currentTarget }) => (wanted.value = Number(currentTarget.value))}
        >
          {SIZES.map((size) => (
            <option key={size} value={size}>
              {whole(size)}
            </option>
          ))}
        </select>
      </label>
      <div
        class="bar"
        role="progressbar"
        aria-label="Examples classified"
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={total}
      >
        <i style={{ transform: `scaleX(${Math.min(1, done / Math.max(1, total))})` }} />
      </div>
      {done > 0 && <Figures total={total} isLabelled={set?.labels !== undefined} />}
      {done > 0 && !isRunning && (
        <button type="button" class="button quiet" onClick={reset}>
          Start over
        </button>
      )}
    </section>
  );
}

function Figures({ total, isLabelled }: { readonly total: number; readonly isLabelled: boolean }) {
  const { done, correct, differing, deviceMs, timed } = tally.value;
  const { perSecond } = run.value;
  const facts: readonly (readonly [term: string, value: string])[] = [
    ['done', `${whole(done)} of ${whole(total)}`],
    ...(isLabelled ? [['accuracy', percent(correct / done, 1)] as const] : []),
    ...(witness.value ? [['differ', differing === 0 ? 'none' : whole(differing)] as const] : []),
    ...(timed > 0 ? [['each', milliseconds(deviceMs / timed)] as const] : []),
    ...(perSecond === undefined ? [] : [['speed', `${perSecond.toFixed(perSecond < 10 ? 1 : 0)} / s`] as const]),
  ];
  return (
    <dl>
      {facts.map(([term, value]) => (
        <div key={term} class={term === 'differ' && differing > 0 ? 'differs' : ''}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
