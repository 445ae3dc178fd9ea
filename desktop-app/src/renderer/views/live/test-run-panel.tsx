import { useEffect } from 'preact/hooks';
import type { LiveCircuit } from '../../../common/contract/live.js';
import { percent, whole } from '../../parts/format.js';
import { Confusion, MOST_IN_MATRIX } from './confusion.js';
import { witness } from './session.js';
import { examples, isLoading, openExamples, reset, run, showExample, tally, toggle, wanted } from './test-run.js';
import { milliseconds } from './time.js';

const SIZES = [50, 200, 1000, 10_000] as const;
const MISTAKES_SHOWN = 60;

/** Runs a test set over device and simulator: accuracy as it grows, what is taken for what, and the mistakes. */
export function TestRun({ circuit }: { readonly circuit: LiveCircuit }) {
  useEffect(() => void openExamples(), [circuit]);
  const { classNames } = circuit;
  const { done, mistakes } = tally.value;
  const set = examples.value;
  const isLabelled = set?.labels !== undefined;
  return (
    <section class="test-run" aria-label="Test set">
      <header>
        <h2>Test set</h2>
        <span class="muted">
          {set ? `${set.source}, ${whole(set.count)} examples` : isLoading.value ? 'Reading the test set …' : ''}
        </span>
      </header>
      <Controls />
      {done > 0 && <Figures isLabelled={isLabelled} />}
      {done > 0 && isLabelled && (
        <div class="result">
          {classNames.length <= MOST_IN_MATRIX && <Confusion names={classNames} />}
          <div class="mistakes">
            <h3>
              Mistakes <span class="muted">{whole(mistakes.length)}</span>
            </h3>
            {mistakes.length === 0 && <p class="muted">None so far.</p>}
            <ul>
              {mistakes.slice(-MISTAKES_SHOWN).map(({ index, label, class: given }) => (
                <li key={index}>
                  <button type="button" class="button quiet" onClick={() => void showExample(index)}>
                    <span class="muted">{whole(index)}</span> {classNames[label]} → {classNames[given]}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </section>
  );
}

function Controls() {
  const set = examples.value;
  const { isRunning } = run.value;
  const { done } = tally.value;
  const total = Math.min(wanted.value, set?.count ?? wanted.value);
  return (
    <div class="actions">
      <button type="button" class="button primary" disabled={set === undefined} onClick={toggle}>
        {isRunning ? 'Stop' : done > 0 && done < total ? 'Go on' : 'Run'}
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
      <button type="button" class="button quiet" disabled={isRunning || done === 0} onClick={reset}>
        Start over
      </button>
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
    </div>
  );
}

function Figures({ isLabelled }: { readonly isLabelled: boolean }) {
  const { done, correct, differing, deviceMs, timed } = tally.value;
  const { perSecond } = run.value;
  const facts: readonly (readonly [string, string])[] = [
    ['Done', whole(done)],
    ...(isLabelled ? [['Accuracy', percent(correct / done, 1)] as const, ['Right', whole(correct)] as const] : []),
    ...(witness.value ? [['Differ from the simulator', differing === 0 ? 'none' : whole(differing)] as const] : []),
    ...(timed > 0 ? [['On the device', `${milliseconds(deviceMs / timed)} each`] as const] : []),
    ...(perSecond === undefined ? [] : [['Speed', `${perSecond.toFixed(perSecond < 10 ? 1 : 0)} a second`] as const]),
  ];
  return (
    <dl class="facts">
      {facts.map(([term, value]) => (
        <div key={term} class={term.startsWith('Differ') && differing > 0 ? 'differs' : ''}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
