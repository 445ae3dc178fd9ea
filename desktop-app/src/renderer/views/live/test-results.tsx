import { useEffect } from 'preact/hooks';
import type { LiveCircuit } from '../../../common/contract/live.js';
import { whole } from '../../parts/format.js';
import { InputPicture } from './input-picture.js';
import { answer } from './session.js';
import { Confusion, MOST_IN_MATRIX } from './confusion.js';
import { examples, isLoading, openExamples, showExample, tally } from './test-run.js';

const MISTAKES_SHOWN = 60;

/** What was taken for what over the test set, and the mistakes. */
export function TestResults({ circuit }: { readonly circuit: LiveCircuit }) {
  useEffect(() => void openExamples(), [circuit]);
  const { classNames } = circuit;
  const { done, mistakes } = tally.value;
  const set = examples.value;
  return (
    <section class="test-run" aria-label="Test set">
      <header>
        <h2>Test set</h2>
        <span class="muted">
          {set ? `${set.source}, ${whole(set.count)} examples` : isLoading.value ? 'Reading the test set …' : ''}
          {done === 0 && set?.labels && '. Run it to see what is taken for what.'}
        </span>
      </header>
      {set?.why && <p class="muted">There is no test set, so nobody knows what is right: {set.why.message}</p>}
      {done > 0 && set?.labels !== undefined && (
        <div class="result">
          {classNames.length <= MOST_IN_MATRIX && <Confusion names={classNames} />}
          <div class="mistakes">
            <ShownExample circuit={circuit} />
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

/** The example that was chosen in the matrix or among the mistakes, in a few words. */
function ShownExample({ circuit: { input, classNames } }: { readonly circuit: LiveCircuit }) {
  const { input: shown, device, simulator } = answer.value ?? {};
  const given = device ?? simulator;
  if (shown?.label === undefined || given === undefined) return null;
  return (
    <div class="shown">
      <InputPicture input={input} values={shown.values} />
      <p>
        {shown.name}: {classNames[shown.label]}
        <span class={given.class === shown.label ? 'muted' : 'sign bad'}>
          {given.class === shown.label ? ' taken for what it is' : ` taken for ${classNames[given.class]}`}
        </span>
      </p>
    </div>
  );
}
