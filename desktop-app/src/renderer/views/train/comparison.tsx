import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { EpochPoint, Training } from '../../../common/contract/training.js';
import { bytes, seconds, whole } from '../../parts/format.js';
import { Chart, type ChartLine } from './chart.js';
import { accuracyRange, Key, toPercent } from './curves.js';
import { compare, compared, curves, show, shown } from './train-state.js';
import { accuracy, SHAPES, standing } from './words.js';

const HEIGHT = 200;

/** The looks of curves that lie over one another: no two have the same colour and the same dashes. */
const LOOKS: readonly (readonly [token: string, dash: readonly number[]])[] = [
  ['--hard', []],
  ['--soft', [6, 3]],
  ['--sharpness', [2, 3]],
  ['--ink', [10, 3, 2, 3]],
  ['--soft', []],
  ['--hard', [6, 3]],
  ['--sharpness', []],
  ['--ink', [2, 3]],
];

interface Column {
  readonly name: string;
  readonly value: (training: Training) => number | string | undefined;
  readonly write: (training: Training) => string;
  readonly isNumber?: boolean;
  /** Left out where there is little room. */
  readonly isWide?: boolean;
}

const number = (
  name: string,
  value: (training: Training) => number | undefined,
  write: (value: number) => string,
  isWide = false,
): Column => ({
  name,
  value,
  write: (training) => {
    const found = value(training);
    return found === undefined ? '' : write(found);
  },
  isNumber: true,
  isWide,
});

const COLUMNS: readonly Column[] = [
  {
    name: 'Recipe',
    value: ({ recipe }) => recipe,
    write: ({ name, recipe }) => (name === recipe ? recipe : `${name} (${recipe})`),
  },
  number('Seed', ({ seed }) => seed, String),
  { name: 'Data', value: ({ data }) => data, write: ({ data }) => data, isWide: true },
  number('Frozen', ({ result }) => result?.frozenAccuracy, accuracy),
  number('Hard', ({ result }) => result?.hardAccuracy, accuracy, true),
  number('Flash', ({ result }) => result?.circuit?.bitstreamBytes, bytes),
  number('Gates', ({ result }) => result?.circuit?.gates, whole, true),
  number('Cycles', ({ result }) => result?.circuit?.latency, whole),
  number('Time', ({ result }) => result?.seconds, seconds),
  { name: 'State', value: ({ state }) => state, write: standing },
];

/** What the table is sorted by; the newest first if by nothing. */
const order = signal<{ readonly column: string; readonly isDescending: boolean } | undefined>(undefined);

function sorted(trainings: readonly Training[]): readonly Training[] {
  const column = COLUMNS.find(({ name }) => name === order.value?.column);
  if (column === undefined || order.value === undefined) return trainings;
  const sign = order.value.isDescending ? -1 : 1;
  return [...trainings].sort((one, other) => {
    const [a, b] = [column.value(one), column.value(other)];
    // What has no value comes last, either way.
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)));
  });
}

function sortBy({ name, isNumber = false }: Column): void {
  const isSame = order.value?.column === name;
  order.value = { column: name, isDescending: isSame ? !order.value!.isDescending : isNumber };
}

/** All trainings side by side, and the curves of those that are ticked. */
export const Comparison = ({ trainings }: { readonly trainings: readonly Training[] }) => (
  <section class="comparison" aria-label="All trainings">
    <h2>All trainings</h2>
    <Overlay trainings={trainings} />
    <table class="table">
      <thead>
        <tr>
          <th>
            <span class="visually-hidden">Compare</span>
          </th>
          {COLUMNS.map((column) => (
            <Head key={column.name} column={column} />
          ))}
        </tr>
      </thead>
      <tbody>
        {sorted(trainings).map((training) => (
          <Row key={training.id} training={training} />
        ))}
      </tbody>
    </table>
  </section>
);

function Head({ column }: { readonly column: Column }) {
  const by = order.value?.column === column.name ? order.value : undefined;
  return (
    <th class={classOf(column)} aria-sort={by === undefined ? 'none' : by.isDescending ? 'descending' : 'ascending'}>
      <button type="button" onClick={() => sortBy(column)}>
        {column.name}
        <span aria-hidden="true">{by === undefined ? '' : by.isDescending ? ' ↓' : ' ↑'}</span>
      </button>
    </th>
  );
}

const classOf = ({ isNumber, isWide }: Column): string =>
  [isNumber === true ? 'number' : '', isWide === true ? 'wide' : ''].filter(Boolean).join(' ');

function Row({ training }: { readonly training: Training }) {
  const { id, state } = training;
  const place = compared.value.indexOf(id);
  return (
    <tr aria-current={shown.value?.id === id}>
      <td class="tick">
        <input
          type="checkbox"
          aria-label={`Compare ${id}`}
          checked={place >= 0}
          onChange={({ currentTarget: { checked } }) => compare(id, checked)}
        />
        {place >= 0 && <Swatch place={place} />}
      </td>
      {COLUMNS.map((column, index) => (
        <td key={column.name} class={classOf(column)}>
          {index === 0 ? (
            <button type="button" class="open" title={id} onClick={() => show(id)}>
              {column.write(training)}
            </button>
          ) : column.name === 'State' ? (
            <>
              <span class={`sign ${state === 'done' ? 'good' : state === 'failed' ? 'bad' : ''}`} aria-hidden="true">
                {SHAPES[state]}
              </span>{' '}
              {column.write(training)}
            </>
          ) : (
            column.write(training)
          )}
        </td>
      ))}
    </tr>
  );
}

function Swatch({ place }: { readonly place: number }) {
  const [token, dash] = LOOKS[place % LOOKS.length];
  return (
    <svg class="line-key" viewBox="0 0 20 8" aria-hidden="true">
      <line x1="0" y1="4" x2="20" y2="4" style={{ stroke: `var(${token})` }} stroke-dasharray={dash.join(' ')} />
    </svg>
  );
}

const NONE: readonly EpochPoint[] = [];

/** The hard accuracy of the trainings that are ticked, over one another. */
function Overlay({ trainings }: { readonly trainings: readonly Training[] }) {
  const ticked = compared.value.filter((id) => trainings.some((one) => one.id === id));
  const courses = ticked.map((id) => curves.value.get(id) ?? NONE);
  const { epochs, lines } = useMemo(() => {
    const last = Math.max(0, ...courses.map((points) => points.at(-1)?.epoch ?? 0));
    return {
      epochs: Array.from({ length: last }, (_, index) => index + 1),
      lines: ticked.map((id, index): ChartLine => {
        const [colour, dash] = LOOKS[index % LOOKS.length];
        const known = new Map(courses[index].map(({ epoch, hardAccuracy }) => [epoch, 100 * hardAccuracy]));
        const values = Array.from({ length: last }, (_, at) => known.get(at + 1) ?? null);
        return { label: id, values, colour, ...(dash.length === 0 ? {} : { dash }), axis: 'left' };
      }),
    };
  }, [ticked.join(), ...courses]);
  if (ticked.length === 0) return <p class="muted">Tick trainings to lay their curves over one another.</p>;
  return (
    <figure class="curves">
      <figcaption class="legend">
        <span class="at">Hard accuracy, validation</span>
        {ticked.map((id, index) => (
          <Key
            key={id}
            token={LOOKS[index % LOOKS.length][0]}
            dash={LOOKS[index % LOOKS.length][1].join(' ')}
            name={id}
          />
        ))}
      </figcaption>
      <Chart
        label={`Hard accuracy of ${ticked.length} trainings`}
        epochs={epochs}
        lastEpoch={epochs.length}
        lines={lines}
        left={{ label: 'accuracy', format: toPercent, range: accuracyRange }}
        height={HEIGHT}
      />
    </figure>
  );
}
