import { signal } from '@preact/signals';
import type { CircuitFacts, LayerFacts, NetworkFacts } from '../../../common/contract/circuits.js';
import { whole } from '../../parts/format.js';
import { place } from './circuit-state.js';

const METRICS = ['weights', 'cells', 'cycles'] as const;
type Metric = (typeof METRICS)[number];
const metric = signal<Metric>('weights');

export const shapeText = ([height, width, channels]: readonly [number, number, number]): string =>
  height * width === 1 ? whole(channels) : `${height} × ${width}${channels === 1 ? '' : ` × ${channels}`}`;

/** What a layer has of what the strip is drawn by; undefined if it is not known. */
function amount(layer: LayerFacts, circuit: CircuitFacts | undefined, by: Metric): number | undefined {
  if (by === 'weights') return layer.weights ? layer.weights.rows * layer.weights.columns : 0;
  const built = circuit?.layers[layer.index];
  return by === 'cells' ? built?.cells : built?.workCycles;
}

/** The layers from the input to the class, as wide as what they hold. Arrows move among them, Enter goes into one. */
export function Strip({
  facts,
  circuit,
}: {
  readonly facts: NetworkFacts;
  readonly circuit: CircuitFacts | undefined;
}) {
  const by = metric.value;
  const amounts = facts.layers.map((layer) => amount(layer, circuit, by));
  const total = amounts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const choose = (layer: number): void => {
    place.value = { layer };
  };
  const move = (event: KeyboardEvent, to: number): void => {
    const buttons = (event.currentTarget as HTMLElement).querySelectorAll('button');
    buttons.item(Math.min(Math.max(0, to), buttons.length - 1)).focus();
    event.preventDefault();
  };
  const known = METRICS.filter((one) => one === 'weights' || facts.layers.some((layer) => amount(layer, circuit, one)));
  return (
    <section class="strip" aria-label="Layers">
      <div class="heading">
        <h2>Layers</h2>
        <div class="segments" role="group" aria-label="Width by">
          {METRICS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={by === one}
              disabled={!known.includes(one)}
              title={known.includes(one) ? undefined : 'Layers of an unrolled circuit work in every cycle.'}
              onClick={() => (metric.value = one)}
            >
              {one}
            </button>
          ))}
        </div>
      </div>
      <div
        class="layers"
        onKeyDown={(event) => {
          const buttons = [...event.currentTarget.querySelectorAll('button')];
          const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
          if (event.key === 'ArrowRight') move(event, at + 1);
          else if (event.key === 'ArrowLeft') move(event, at - 1);
          else if (event.key === 'Home') move(event, 0);
          else if (event.key === 'End') move(event, buttons.length - 1);
        }}
      >
        <span class="end">
          <b>input</b>
          <span>{facts.input.shape ? shapeText(facts.input.shape) : whole(facts.input.count)}</span>
          <span class="muted">{facts.input.bits === 1 ? '1 bit' : `${facts.input.bits} bits`}</span>
        </span>
        {facts.layers.map((layer) => {
          const share = total === 0 ? 0 : (amounts[layer.index] ?? 0) / total;
          return (
            <button
              key={layer.index}
              type="button"
              aria-pressed={place.value.layer === layer.index}
              style={{ flexGrow: Math.max(0.02, share) * 100 }}
              onClick={() => choose(layer.index)}
            >
              <b>
                {layer.index} {layer.kind}
              </b>
              <span>{shapeText(layer.outputShape)}</span>
              <span class="muted">{amounts[layer.index] === undefined ? '' : whole(amounts[layer.index] ?? 0)}</span>
              <i class="share" style={{ transform: `scaleX(${share})` }} />
            </button>
          );
        })}
        <span class="end">
          <b>class</b>
          <span>{facts.classes}</span>
          <span class="muted">the largest</span>
        </span>
      </div>
    </section>
  );
}
