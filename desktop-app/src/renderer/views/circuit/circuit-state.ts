import { computed, effect, signal, untracked } from '@preact/signals';
import type { CircuitFacts, CircuitWork, NetworkFacts } from '../../../common/contract/circuits.js';
import type { Failure } from '../../../common/envelope.js';
import { failureOf } from '../../../common/failure.js';
import { call, on } from '../../bridge.js';
import { entry, runningEntry } from '../../state.js';

/** Something that is asked for, is there, or failed. */
export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: Failure };

/** Where one looks: a layer, one of its neurons or channels, and in its schematic a part or a net. */
export interface Place {
  readonly layer?: number;
  readonly row?: number;
  readonly view?: { readonly part: string } | { readonly net: number };
}

/** The circuit that is shown: the one chosen, or what the chosen device runs. */
export const shownEntry = computed(() => entry.value ?? runningEntry.value);
const shownId = computed(() => shownEntry.value?.id);

export const network = signal<Loaded<NetworkFacts>>({ kind: 'loading' });
export const circuit = signal<Loaded<CircuitFacts>>({ kind: 'loading' });
export const place = signal<Place>({});
export const work = signal<CircuitWork | undefined>(undefined);

on('circuitWork', (now) => (work.value = now));

/** Asks for something and keeps it, unless another circuit is shown by then. */
export async function load<T>(
  id: string,
  keep: (loaded: Loaded<T>) => void,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  keep({ kind: 'loading' });
  const loaded = await ask().then(
    (value): Loaded<T> => ({ kind: 'done', value }),
    (error: unknown): Loaded<T> => ({ kind: 'failed', error: failureOf(error) }),
  );
  if (id === shownId.value) keep(loaded);
  return loaded.kind === 'done' ? loaded.value : undefined;
}

export const buildShown = (): void => {
  const id = shownId.value;
  if (id !== undefined)
    void load(
      id,
      (loaded) => (circuit.value = loaded),
      () => call('buildCircuit', { entry: id }),
    );
};

export const cancelWork = (): void => void call('cancelCircuitWork', {}).catch(() => undefined);

/** Keeps facts and circuit those of the entry that is shown, while the view is there. */
export const followEntry = (): (() => void) =>
  effect(() => {
    const id = shownId.value;
    untracked(() => {
      if (id === undefined) return;
      const isKnown = network.value.kind === 'done' && network.value.value.entry === id;
      if (isKnown && circuit.value.kind === 'done') return;
      place.value = {};
      void load(
        id,
        (loaded) => (network.value = loaded),
        () => call('describeNetwork', { entry: id }),
      );
      buildShown();
    });
  });

/** Goes up by one: from a net to its part, to the neuron, the layer, the circuit. */
export function ascend(): void {
  const { layer, row, view } = place.value;
  if (layer === undefined) return;
  const here = row === undefined ? { layer } : { layer, row };
  const above = view === undefined || !('part' in view) ? undefined : partsAbove(view.part, baseOf(layer, row)).at(-2);
  if (above !== undefined) place.value = { ...here, view: { part: above } };
  else if (view !== undefined) place.value = here;
  else place.value = row === undefined ? {} : { layer };
}

/** The part that a layer or one of its rows is. */
export const baseOf = (layer: number, row: number | undefined): string =>
  row === undefined || circuit.value.kind !== 'done' ? `layer${layer}` : partOf(circuit.value.value, layer, row);

/** Lists the parts from below `base` down to a part; `popcount@2` is in `popcount`. */
export function partsAbove(part: string, base: string): readonly string[] {
  if (!part.startsWith(`${base}.`)) return [part];
  const ends = [...part.matchAll(/[.@]/g)].map(({ index }) => index).filter((index) => index > base.length);
  return [...ends, part.length].map((end) => part.slice(0, end));
}

/** The part of the circuit where a neuron or channel is computed. */
export function partOf(facts: CircuitFacts, layer: number, row: number): string {
  const { pe } = facts.layers[layer];
  return facts.form === 'folded' ? `layer${layer}.pe${row % (pe ?? 1)}` : `layer${layer}.neuron${row}`;
}

/** The word for one of a layer's outputs. */
export const rowWord = (kind: string): string => (kind === 'dense' ? 'neuron' : 'channel');
