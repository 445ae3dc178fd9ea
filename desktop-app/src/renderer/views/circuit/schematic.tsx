import { useEffect, useState } from 'preact/hooks';
import type { SchematicBox, SchematicDrawing } from '../../../common/contract/circuits.js';
import { failureOf } from '../../../common/failure.js';
import { call } from '../../bridge.js';
import { whole } from '../../parts/format.js';
import { Notice } from '../../parts/notice.js';
import type { Loaded } from './circuit-state.js';

/** A drawing is made smaller to fit, down to this; beyond that it scrolls. */
const SMALLEST = 0.8;

type View = { readonly part: string } | { readonly net: number };

/** A part of the circuit as a drawing: blocks that open, down to single cells. */
export function Schematic({
  entry,
  view,
  onOpen,
  onWatch,
}: {
  readonly entry: string;
  readonly view: View;
  readonly onOpen: (view: View) => void;
  /** Adds a net to the waveform. */
  readonly onWatch: (net: number) => void;
}) {
  const [drawn, setDrawn] = useState<Loaded<SchematicDrawing>>({ kind: 'loading' });
  const key = JSON.stringify(view);
  useEffect(() => {
    let isWanted = true;
    const keep = (loaded: Loaded<SchematicDrawing>): void => {
      if (isWanted) setDrawn(loaded);
    };
    call('drawSchematic', { entry, view }).then(
      (value) => keep({ kind: 'done', value }),
      (error: unknown) => keep({ kind: 'failed', error: failureOf(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [entry, key]);
  if (drawn.kind === 'loading') return <p class="muted">Drawing …</p>;
  if (drawn.kind === 'failed') return <Notice kind="bad">{drawn.error.message}</Notice>;
  const { value } = drawn;
  return (
    <section class="schematic" aria-label={`Schematic of ${value.title}`}>
      <p class="caption">
        <code>{value.title}</code>
        {value.kind === 'drawing' && value.isCut && (
          <span class="muted">the nearest cells; there are more behind them</span>
        )}
        {'net' in view && (
          <button type="button" class="button quiet" onClick={() => onWatch(view.net)}>
            Add n{view.net} to the waveform
          </button>
        )}
      </p>
      {value.kind === 'drawing' ? (
        <Drawing drawing={value} here={'net' in view ? view.net : undefined} onOpen={onOpen} />
      ) : (
        <Results results={value} onOpen={onOpen} />
      )}
    </section>
  );
}

type DrawingOf<Kind extends SchematicDrawing['kind']> = Extract<SchematicDrawing, { readonly kind: Kind }>;

function Drawing({
  drawing: { width, height, nodes, edges },
  here,
  onOpen,
}: {
  readonly drawing: DrawingOf<'drawing'>;
  readonly here: number | undefined;
  readonly onOpen: (view: View) => void;
}) {
  const margin = 4;
  return (
    <div class="sheet" tabIndex={-1}>
      <svg
        width={width + 2 * margin}
        height={height + 2 * margin}
        style={{ minWidth: `${SMALLEST * width}px` }}
        viewBox={`${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`}
      >
        {edges.map(({ from, to, nets, points }) => (
          <Line key={`${from} ${to}`} nets={nets} points={points} />
        ))}
        {nodes.map((node) => (
          <Box key={node.id} node={node} isHere={node.net === here && node.kind === 'cell'} onOpen={onOpen} />
        ))}
      </svg>
    </div>
  );
}

function Line({ nets, points }: { readonly nets: number; readonly points: readonly number[] }) {
  if (points.length < 8) return null;
  const [x, y, ...rest] = points;
  const middle = Math.floor(rest.length / 4) * 2;
  return (
    <g class={nets > 1 ? 'bus' : 'wire'}>
      <path d={`M${x},${y}C${rest.join(' ')}`} />
      {nets > 1 && (
        <text x={rest[middle]} y={rest[middle + 1] - 4}>
          {whole(nets)}
        </text>
      )}
    </g>
  );
}

function Box({
  node: { kind, label, note, part, net, x, y, width, height },
  isHere,
  onOpen,
}: {
  readonly node: SchematicBox;
  readonly isHere: boolean;
  readonly onOpen: (view: View) => void;
}) {
  const view = part !== undefined ? { part } : net !== undefined && !isHere ? { net } : undefined;
  const opens =
    view === undefined
      ? {}
      : {
          role: 'button' as const,
          // Attributes of SVG keep their case, and only this one takes the focus.
          tabindex: 0,
          onClick: () => onOpen(view),
          onKeyDown: (event: KeyboardEvent) => {
            if (event.key !== 'Enter') return;
            event.stopPropagation();
            onOpen(view);
          },
        };
  return (
    <g
      class={`box ${kind} ${label === 'register' ? 'register' : ''} ${isHere ? 'here' : ''} ${view ? 'opens' : ''}`}
      transform={`translate(${x - width / 2} ${y - height / 2})`}
      aria-label={note === undefined ? label : `${label}, ${note}`}
      {...opens}
    >
      <rect width={width} height={height} rx={kind === 'part' ? 4 : 0} />
      <text x={width / 2} y={note === undefined ? height / 2 + 4 : 14}>
        {label}
      </text>
      {note !== undefined && (
        <text class="note" x={width / 2} y={26}>
          {note}
        </text>
      )}
    </g>
  );
}

const Results = ({
  results: { cells, count, results },
  onOpen,
}: {
  readonly results: DrawingOf<'results'>;
  readonly onOpen: (view: View) => void;
}) => (
  <>
    <p class="muted">
      {whole(cells)} cells, too many for one drawing. {whole(count)} nets leave them; each opens with the cells behind
      it.
      {count > results.length && ` The first ${results.length} are listed.`}
    </p>
    <ul class="results">
      {results.map(({ net, cells: behind }) => (
        <li key={net}>
          <button type="button" onClick={() => onOpen({ net })}>
            <code>n{net}</code>
            <span class="muted">{behind}</span>
          </button>
        </li>
      ))}
    </ul>
  </>
);
