import type { CircuitFacts, LayerFacts, NetworkFacts } from '../../../common/contract/circuits.js';
import { whole } from '../../parts/format.js';
import { ascend, baseOf, partsAbove, place, rowWord, type Place } from './circuit-state.js';
import { Histogram } from './histogram.js';
import { Schematic } from './schematic.js';
import { shapeText } from './strip.js';
import { Legend, Weights, WeightTile } from './weights.js';
import { watch } from './wave/wave-state.js';

type Weighted = LayerFacts & { readonly weights: NonNullable<LayerFacts['weights']> };
const isWeighted = (layer: LayerFacts): layer is Weighted => layer.weights !== undefined;

/** Changes the place, and puts the focus where the keyboard goes on from there. */
function go(to: Place): void {
  place.value = to;
  requestAnimationFrame(() => document.getElementById('descent')?.focus({ preventScroll: true }));
}

/** The layer that is looked into: its weights, and one of its neurons down to the cells. */
export function LayerPanel({
  facts,
  circuit,
}: {
  readonly facts: NetworkFacts;
  readonly circuit: CircuitFacts | undefined;
}) {
  const { layer: index, row, view } = place.value;
  if (index === undefined) {
    return (
      <p class="muted hint">
        Choose a layer to see its weights, a neuron to see its cells. <kbd class="key">Enter</kbd> goes in,{' '}
        <kbd class="key">Esc</kbd> goes out.
      </p>
    );
  }
  const layer = facts.layers[index];
  const built = circuit?.layers[index];
  const isUnrolled = circuit === undefined || circuit.form !== 'folded';
  return (
    <section class="layer-panel" aria-label={`Layer ${index}`}>
      <Path layer={layer} here={place.value} />
      <div class={`layer-body ${row !== undefined ? 'neuron' : isUnrolled ? '' : 'two'}`}>
        <div class="column">
          {row !== undefined && isWeighted(layer) ? (
            <>
              <WeightTile entry={facts.entry} layer={layer} row={row} />
              <p class="caption">
                <span class="muted">{whole(layer.weights.columns)} weights</span>
                <Legend form={layer.weights.form} />
              </p>
            </>
          ) : (
            isWeighted(layer) && (
              <Weights
                key={index}
                entry={facts.entry}
                layer={layer}
                word={rowWord(layer.kind)}
                onOpen={(opened) => go({ layer: index, row: opened })}
              />
            )
          )}
          {Object.entries(layer.constants).map(([name, values]) => (
            <Histogram key={name} name={name} values={values} chosen={row} />
          ))}
          <dl class="fields">
            {[
              ['In', shapeText(layer.inputShape)] as const,
              ['Out', shapeText(layer.outputShape)] as const,
              ...layer.fields,
              ...(built ? [['Cells', whole(built.cells)] as const] : []),
              ...(built?.pe === undefined ? [] : [['PE × SIMD', `${built.pe} × ${built.simd ?? 1}`] as const]),
              ...(built?.workCycles === undefined ? [] : [['Works', `${whole(built.workCycles)} cycles`] as const]),
            ].map(([term, value]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </div>
        <div class="column wide">
          <Inside facts={facts} circuit={circuit} layer={layer} row={row} view={view} />
        </div>
      </div>
    </section>
  );
}

function Inside({
  facts,
  circuit,
  layer,
  row,
  view,
}: {
  readonly facts: NetworkFacts;
  readonly circuit: CircuitFacts | undefined;
  readonly layer: LayerFacts;
  readonly row: number | undefined;
  readonly view: Place['view'];
}) {
  if (circuit === undefined) return <p class="muted">The cells can be seen when the circuit is built.</p>;
  if (row === undefined && view === undefined && circuit.form !== 'folded') {
    return null;
  }
  const base = baseOf(layer.index, row);
  return (
    <Schematic
      entry={facts.entry}
      view={view ?? { part: base }}
      onOpen={(opened) => go({ layer: layer.index, ...(row === undefined ? {} : { row }), view: opened })}
      onWatch={(net) => watch(`n${net}`)}
    />
  );
}

/** The way from the circuit to what is shown; each step goes back there. */
function Path({ layer, here }: { readonly layer: LayerFacts; readonly here: Place }) {
  const { row } = here;
  const word = rowWord(layer.kind);
  const steps: readonly (readonly [string, Place])[] = [
    ['circuit', {}],
    [`layer ${layer.index}`, { layer: layer.index }],
    ...(row === undefined ? [] : [[`${word} ${row}`, { layer: layer.index, row }] as const]),
    ...stepsOf(here),
  ];
  const rows = layer.weights?.rows ?? 0;
  return (
    <nav class="path" aria-label="Where this is">
      {steps.map(([label, to], index) => (
        <span key={label}>
          {index > 0 && <span class="muted step">›</span>}
          <button
            type="button"
            class="button quiet"
            id={index === steps.length - 1 ? 'descent' : undefined}
            aria-current={index === steps.length - 1}
            onClick={() => go(to)}
          >
            {label}
          </button>
        </span>
      ))}
      {row !== undefined && (
        <span class="beside">
          <button
            type="button"
            class="button quiet"
            disabled={row === 0}
            onClick={() => go({ layer: layer.index, row: row - 1 })}
          >
            Before
          </button>
          <button
            type="button"
            class="button quiet"
            disabled={row >= rows - 1}
            onClick={() => go({ layer: layer.index, row: row + 1 })}
          >
            After
          </button>
        </span>
      )}
      <button type="button" class="button quiet" onClick={ascend}>
        Up
      </button>
    </nav>
  );
}

/** The steps from a layer or neuron down to the part or net that is drawn. */
function stepsOf({ view, ...here }: Place): readonly (readonly [string, Place])[] {
  if (view === undefined || here.layer === undefined) return [];
  if ('net' in view) return [[`n${view.net}`, { ...here, view }]];
  return partsAbove(view.part, baseOf(here.layer, here.row)).map((part) => [
    part.includes('@') ? `stage ${part.split('@')[1]}` : (part.split('.').at(-1) ?? part),
    { ...here, view: { part } },
  ]);
}
