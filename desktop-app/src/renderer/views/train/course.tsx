import { useMemo, useState } from 'preact/hooks';
import type { EpochPoint, Training } from '../../../common/contract/training.js';
import { call } from '../../bridge.js';
import { bytes, seconds, whole } from '../../parts/format.js';
import { Notice } from '../../parts/notice.js';
import { saveFile } from '../../parts/save-file.js';
import { attempt, chooseEntry, view } from '../../state.js';
import { Chart, type ChartLine } from './chart.js';
import { Facts, type Fact } from './facts.js';
import { Boards, cyclesOf } from './forecast.js';
import { cancel, curves, remove, resume } from './train-state.js';
import { accuracy, digits, partDone, SHAPES, standing } from './words.js';

const ACCURACY_HEIGHT = 216;
const SHARPNESS_HEIGHT = 108;
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
  const open = (to: 'flash' | 'circuit') => () => {
    if (entry === undefined) return;
    chooseEntry(entry);
    view.value = to;
  };
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

/** Labels an axis in percent; the air above 100 has no label. */
export const toPercent = (value: number): string => (value > 100 ? '' : `${Number(value.toFixed(2))} %`);

/** Accuracy and loss above, sharpness below, with one cursor. */
function Curves({ points, lastEpoch }: { readonly points: readonly EpochPoint[]; readonly lastEpoch: number }) {
  const [cursor, setCursor] = useState<number>();
  const { epochs, above, below } = useMemo(() => {
    const line = (
      label: string,
      value: (point: EpochPoint) => number,
      look: Pick<ChartLine, 'colour' | 'dash' | 'axis'>,
    ): ChartLine => ({ label, values: points.map(value), ...look });
    return {
      epochs: points.map(({ epoch }) => epoch),
      above: [
        line('loss', ({ loss }) => loss, { colour: '--muted', dash: [2, 3], axis: 'right' }),
        line('soft', ({ softAccuracy }) => 100 * softAccuracy, { colour: '--soft', dash: [6, 3], axis: 'left' }),
        line('hard', ({ hardAccuracy }) => 100 * hardAccuracy, { colour: '--hard', axis: 'left' }),
      ],
      below: [
        line('k of activations', ({ kActivation }) => kActivation, {
          colour: '--sharpness',
          dash: [6, 3],
          axis: 'left',
        }),
        line('k of weights', ({ kWeight }) => kWeight, { colour: '--sharpness', axis: 'left' }),
      ],
    };
  }, [points]);
  const at = points[Math.min(cursor ?? points.length - 1, points.length - 1)];
  const best = points.findLast(({ isBest }) => isBest);
  const shared = { epochs, lastEpoch, marked: best?.epoch, cursorKey: 'course', onCursor: setCursor };
  const bestWords = best === undefined ? '' : `, best at epoch ${best.epoch} with ${accuracy(best.hardAccuracy)}`;
  return (
    <figure class="curves">
      <figcaption class="legend">
        <span class="at">Epoch {at.epoch}, validation</span>
        <Key token="--hard" name="hard" value={accuracy(at.hardAccuracy)} />
        <Key token="--soft" name="soft" value={accuracy(at.softAccuracy)} dash="6 3" />
        <Key token="--muted" name="loss" value={`${digits(at.loss)} nats`} dash="2 3" />
        {best && <span>▾ best, epoch {best.epoch}</span>}
      </figcaption>
      <Chart
        {...shared}
        label={`Validation accuracy and loss of ${points.length} epochs${bestWords}`}
        lines={above}
        left={{ label: 'accuracy', format: toPercent, range: accuracyRange }}
        right={{ label: 'loss, nats', format: digits, range: (_, most) => [0, 1.1 * most] }}
        height={ACCURACY_HEIGHT}
      />
      <div class="legend">
        <span class="at">Sharpness</span>
        <Key token="--sharpness" name="k of weights" value={digits(at.kWeight)} />
        <Key token="--sharpness" name="k of activations" value={digits(at.kActivation)} dash="6 3" />
        <span>learning rate {at.learningRate.toExponential(2)}</span>
      </div>
      <Chart
        {...shared}
        label={`Sharpness k of ${points.length} epochs, from ${digits(points[0].kWeight)} to ${digits(points[points.length - 1].kWeight)}`}
        lines={below}
        left={{ label: 'k', format: powerOfTen, isLogarithmic: true, range: sharpnessRange }}
        height={SHARPNESS_HEIGHT}
      />
    </figure>
  );
}

/** Points of accuracy that the axis spans at the least: noise shall not look like a course. */
const LEAST_SPAN = 4;

/** Some air around the curves, and never beyond what can be. */
export function accuracyRange(least: number, most: number): [number, number] {
  const air = Math.max(0.4, 0.08 * (most - least));
  return [Math.max(0, Math.min(least - air, most - LEAST_SPAN)), Math.min(100.4, most + air)];
}

const sharpnessRange = (least: number, most: number): [number, number] => [
  10 ** Math.floor(Math.log10(Math.max(least, 1e-3))),
  10 ** Math.max(1, Math.ceil(Math.log10(Math.max(most, 1e-3)))),
];

/** Labels the powers of ten alone: the lines between them are for the eye. */
const powerOfTen = (value: number): string => (Number.isInteger(Math.log10(value)) ? whole(value) : '');

/** A piece of a line as it is drawn, its name and its value. */
export const Key = ({
  token,
  name,
  value,
  dash,
}: {
  readonly token: string;
  readonly name: string;
  readonly value?: string;
  readonly dash?: string;
}) => (
  <span>
    <svg class="line-key" viewBox="0 0 20 8" aria-hidden="true">
      <line x1="0" y1="4" x2="20" y2="4" style={{ stroke: `var(${token})` }} stroke-dasharray={dash} />
    </svg>
    {name}
    {value !== undefined && <b>{value}</b>}
  </span>
);

/** The numbers behind the curves, for those who read numbers, or hear them. */
const Epochs = ({ points }: { readonly points: readonly EpochPoint[] }) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="epochs" onToggle={({ currentTarget: { open } }) => setOpen(open)}>
      <summary>Numbers of every epoch</summary>
      {isOpen && (
        <table class="table" aria-label="Epochs">
          <thead>
            <tr>
              <th class="number">Epoch</th>
              <th class="number">Soft</th>
              <th class="number">Hard</th>
              <th class="number">Loss, nats</th>
              <th class="number">k of weights</th>
              <th class="number">k of activations</th>
              <th class="number">Learning rate</th>
              <th>Best so far</th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.epoch}>
                <td class="number">{point.epoch}</td>
                <td class="number">{accuracy(point.softAccuracy)}</td>
                <td class="number">{accuracy(point.hardAccuracy)}</td>
                <td class="number">{digits(point.loss)}</td>
                <td class="number">{digits(point.kWeight)}</td>
                <td class="number">{digits(point.kActivation)}</td>
                <td class="number">{point.learningRate.toExponential(2)}</td>
                <td>{point.isBest ? '✓' : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
};
