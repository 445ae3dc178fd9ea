import { useEffect } from 'preact/hooks';
import type { LiveCircuit } from '../../../common/contract/live.js';
import { whole } from '../../parts/format.js';
import { InputPicture } from './input-picture.js';
import { answer } from './session.js';
import { examples, isLoading, openExamples, position, run, showExample, toggle } from './test-run.js';

/** Goes through the examples of a test set. */
export function ExamplesPanel({ circuit: { input, classNames } }: { readonly circuit: LiveCircuit }) {
  useEffect(() => {
    if (answer.peek()?.input.index === undefined) void openExamples().then(() => showExample(position.peek()));
  }, [input]);
  const set = examples.value;
  const shown = answer.value?.input;
  const label = shown?.label;
  const isRunning = run.value.isRunning;
  const go = (text: string, index: () => number) => (
    <button
      type="button"
      class="button"
      disabled={isRunning || set === undefined}
      onClick={() => void showExample(index())}
    >
      {text}
    </button>
  );
  return (
    <>
      {shown ? (
        <InputPicture input={input} values={shown.values} />
      ) : (
        <span class={`dots none ${input.kind === 'picture' ? 'picture' : 'strip'}`} />
      )}
      <div class="actions">
        {go('Previous', () => position.value - 1)}
        {go('Next', () => position.value + 1)}
        {go('Random', () => Math.floor(Math.random() * (set?.count ?? 1)))}
        <button type="button" class="button" onClick={toggle}>
          {isRunning ? 'Pause' : 'Play'}
        </button>
      </div>
      <p class="note" role="status">
        {isLoading.value
          ? 'Reading the test set …'
          : set === undefined
            ? ''
            : `Example ${whole(position.value)} of ${whole(set.count)}, ${set.source}. `}
        {label !== undefined && `It is ${classNames[label]}.`}
        {set?.why && ` There is no test set: ${set.why.message}`}
      </p>
    </>
  );
}
