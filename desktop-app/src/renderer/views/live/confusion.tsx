import { useRef, useState } from 'preact/hooks';
import { whole } from '../../parts/format.js';
import { showExample, tally } from './test-run.js';

/** Classes up to which the matrix is drawn; of more, the list of mistakes says it better. */
export const MOST_IN_MATRIX = 24;

interface Cell {
  readonly label: number;
  readonly given: number;
}

const STEPS: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Which class was taken for which, how often. Arrows go from cell to cell; Enter shows one of its examples, again the next one. */
export function Confusion({ names }: { readonly names: readonly string[] }) {
  const [current, setCurrent] = useState<Cell>({ label: 0, given: 0 });
  const turn = useRef(0);
  const table = useRef<HTMLTableElement>(null);
  const { matrix, examples } = tally.value;
  const most = Math.max(1, ...matrix.flat());
  const go = ({ label, given }: Cell): void => {
    const within = (value: number): number => Math.min(Math.max(value, 0), names.length - 1);
    const cell = { label: within(label), given: within(given) };
    setCurrent(cell);
    table.current?.querySelector<HTMLElement>(`[data-cell="${cell.label}-${cell.given}"]`)?.focus();
  };
  const open = ({ label, given }: Cell): void => {
    setCurrent({ label, given });
    const kept = examples.get(label * names.length + given) ?? [];
    if (kept.length > 0) void showExample(kept[turn.current++ % kept.length]);
  };
  const keys = (event: KeyboardEvent): void => {
    const step = STEPS[event.key] as (typeof STEPS)[string] | undefined;
    if (step === undefined) return;
    event.preventDefault();
    go({ label: current.label + step[0], given: current.given + step[1] });
  };
  return (
    <figure class="confusion">
      <table ref={table} onKeyDown={keys} aria-label="Confusion matrix: right classes by those given">
        <thead>
          <tr>
            <td />
            {names.map((name, given) => (
              <th key={given} scope="col" title={`taken for ${name}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map((row, label) => (
            <tr key={label}>
              <th scope="row" title={names[label]}>
                {names[label]}
              </th>
              {row.map((count, given) => (
                <td key={given}>
                  <button
                    type="button"
                    data-cell={`${label}-${given}`}
                    class={count === 0 ? 'none' : label === given ? 'right' : 'wrong'}
                    style={{ '--share': Math.sqrt(count / most).toFixed(3) }}
                    tabIndex={label === current.label && given === current.given ? 0 : -1}
                    aria-label={`${names[label]} taken for ${names[given]}: ${count}`}
                    onFocus={() => setCurrent({ label, given })}
                    onClick={() => open({ label, given })}
                  >
                    {count === 0 ? '' : whole(count)}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <figcaption>Rows: right class. Columns: class given. A click shows an example.</figcaption>
    </figure>
  );
}
