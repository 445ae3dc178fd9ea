import { useState } from 'preact/hooks';
import type { EpochPoint, Training } from '../../../common/contract/training.js';
import { call } from '../../bridge.js';
import { bytes, seconds, whole } from '../../parts/format.js';
import { Notice } from '../../parts/notice.js';
import { saveFile } from '../../parts/save-file.js';
import { attempt, chooseEntry, library, view } from '../../state.js';
import { Curves, Epochs } from './curves.js';
import { Facts, type Fact } from './facts.js';
import { Boards, cyclesOf } from './forecast.js';
import { cancel, curves, remove, resume } from './train-state.js';
import { accuracy, digits, partDone, SHAPES, standing } from './words.js';

const NONE: readonly EpochPoint[] = [];

/** One training: how it stands, its numbers, and its curves. */
export function Course({ training }: { readonly training: Training }) {
  const { id, name, seed, state, doubts } = training;
  const points = curves.value.get(id) ?? NONE;
  return (
    <section class="course" aria-label={`Training ${id}`}>
      <header>
        <h2>
          {name} <span class="muted">seed {seed}</span>
        </h2>
        <span role="status">
          <span class={`sign ${state === 'done' ? 'good' : state === 'failed' ? 'bad' : ''}`} aria-hidden="true">
            {SHAPES[state]}
          </span>{' '}
          {standing(training)}
        </span>
        <Actions training={training} />
      </header>
      {(state === 'running' || state === 'waiting') && <Progress training={training} />}
      <Standing training={training} />
      {doubts.map((doubt) => (
        <Notice key={doubt} kind="warn">
          {doubt}
        </Notice>
      ))}
      {state === 'done' ? (
        <Facts facts={resultFacts(training)} />
      ) : (
        (state === 'running' || points.length > 0) && <Facts facts={courseFacts(training, points)} />
      )}
      {training.result?.circuit && <Boards boards={training.result.circuit.boards} />}
      {points.length > 0 && <Curves points={points} lastEpoch={state === 'done' ? points.length : training.epochs} />}
      {points.length > 0 && <Epochs points={points} />}
    </section>
  );
}

const Progress = ({ training }: { readonly training: Training }) => (
  <div
    class="bar"
    role="progressbar"
    aria-label="Training"
    aria-valuemin={0}
    aria-valuemax={100}
    aria-valuenow={Math.floor(100 * partDone(training))}
  >
    <i style={{ transform: `scaleX(${partDone(training)})` }} />
  </div>
);

/** Says why a training has not come to its end, and what to do. */
function Standing({ training: { id, state, error, epochsDone, result } }: { readonly training: Training }) {
  const again = (
    <button type="button" class="button" onClick={() => void resume(id)}>
      {state === 'failed' && epochsDone === 0 ? 'Try again' : 'Resume'}
    </button>
  );
  switch (state) {
    case 'failed':
      return (
        <Notice kind="bad" action={error?.code === 'app.not-found' ? undefined : again}>
          {error?.message}
        </Notice>
      );
    case 'cancelled':
    case 'stopped':
      return (
        <Notice kind="warn" action={again}>
          {state === 'stopped' ? 'Its process ended while it ran. ' : ''}
          {epochsDone === 0
            ? 'No epoch was done: Resume begins anew.'
            : `Resume goes on after epoch ${epochsDone}, and ends with the same bytes as without a break.`}
        </Notice>
      );
    case 'done':
      return result?.notFrozen === undefined ? null : (
        <Notice kind="warn">It has no circuit: {result.notFrozen} Train a recipe whose mode is both.</Notice>
      );
    default:
      return null;
  }
}

function Actions({ training: { id, state, result } }: { readonly training: Training }) {
  const entry = result?.circuit?.entry;
  const open = (to: 'flash' | 'circuit') => () =>
    void attempt(async () => {
      if (entry === undefined) return;
      if (!library.value.some((one) => one.id === entry)) {
        // It was removed from the circuits; the training still has it.
        const file = await call('readTrainingFile', { training: id, file: 'bitstream' });
        await call('addToLibrary', { ...file, bytes: new Uint8Array(file.bytes) });
      }
      chooseEntry(entry);
      view.value = to;
    });
  const save = (file: 'report' | 'model' | 'bitstream') => () =>
    void attempt(async () => {
      const { fileName, bytes: content } = await call('readTrainingFile', { training: id, file });
      saveFile(fileName, content);
    });
  return (
    <div class="actions">
      {entry !== undefined && (
        <>
          <button type="button" class="button primary" onClick={open('flash')}>
            Flash
          </button>
          <button type="button" class="button" onClick={open('circuit')}>
            Circuit
          </button>
        </>
      )}
      {state === 'done' && (
        <button type="button" class="button" onClick={save('report')}>
          Save report
        </button>
      )}
      {entry !== undefined && (
        <button type="button" class="button" onClick={save('model')}>
          Save model
        </button>
      )}
      {state === 'running' || state === 'waiting' ? (
        <button type="button" class="button" onClick={() => void cancel(id)}>
          Cancel <kbd class="key">Esc</kbd>
        </button>
      ) : (
        <Delete key={id} id={id} />
      )}
    </div>
  );
}

/** Deletes at the second press: a training may be a night's work. */
function Delete({ id }: { readonly id: string }) {
  const [isAsked, setAsked] = useState(false);
  return (
    <button
      type="button"
      class={isAsked ? 'button' : 'button quiet'}
      onBlur={() => setAsked(false)}
      onClick={() => (isAsked ? void remove(id) : setAsked(true))}
    >
      {isAsked ? 'Delete all its files' : 'Delete'}
    </button>
  );
}

function courseFacts({ epochs, epochsDone, progress }: Training, points: readonly EpochPoint[]): readonly Fact[] {
  const last = points.at(-1);
  const best = points.findLast(({ isBest }) => isBest);
  const { examplesPerSecond: speed, secondsLeft, loss, backend } = progress ?? {};
  return [
    ['Epoch', `${epochsDone} of ${epochs}`],
    ['Soft', last === undefined ? '–' : accuracy(last.softAccuracy)],
    ['Hard', last === undefined ? '–' : accuracy(last.hardAccuracy)],
    ['Best hard', best === undefined ? '–' : `${accuracy(best.hardAccuracy)}, epoch ${best.epoch}`],
    ['Loss', loss === undefined && last === undefined ? '–' : `${digits(loss ?? last?.loss ?? 0)} nats`],
    ['k of weights', last === undefined ? '–' : digits(last.kWeight)],
    ['Learning rate', last === undefined ? '–' : last.learningRate.toExponential(2)],
    ...(progress === undefined
      ? []
      : ([
          ['Speed', speed === undefined ? '–' : `${whole(speed)} examples/s`],
          ['Time left', secondsLeft === undefined ? '–' : seconds(secondsLeft)],
          ['Backend', backend ?? '–'],
        ] as const)),
  ];
}

function resultFacts({ result, data }: Training): readonly Fact[] {
  if (result === undefined) return [];
  const { softAccuracy, hardAccuracy, frozenAccuracy, bestEpoch, circuit, backend } = result;
  return [
    ['Frozen, test', frozenAccuracy === undefined ? 'none' : accuracy(frozenAccuracy)],
    ['Hard, test', accuracy(hardAccuracy)],
    ['Soft, test', accuracy(softAccuracy)],
    ['Best epoch', String(bestEpoch)],
    ['Data', data],
    ['Time', `${seconds(result.seconds)}, ${backend}`],
    ...(circuit === undefined
      ? []
      : ([
          ['Flash', bytes(circuit.bitstreamBytes)],
          ['RAM', bytes(circuit.workBytes)],
          ['Gates', whole(circuit.gates)],
          ['Cycles', cyclesOf(circuit)],
        ] as const)),
  ];
}
