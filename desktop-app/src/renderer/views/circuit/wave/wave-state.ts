import { batch, computed, effect, signal, untracked } from '@preact/signals';
import type { SignalTrace } from '../../../../common/contract/circuits.js';
import { MAX_TRACE_CYCLES } from '../../../../common/limits.js';
import { call } from '../../../bridge.js';
import { saveFile } from '../../../parts/save-file.js';
import { attempt, report } from '../../../state.js';
import { circuit, load, network, place, rowWord, shownEntry, type Loaded } from '../circuit-state.js';
import type { FormatChoice } from './number-format.js';
import { fit, type Window } from './zoom.js';

/** The input whose inference is shown: a golden vector, or values that a person gave. */
export type Input = { readonly golden: number } | { readonly text: string };
export const input = signal<Input>({ golden: 0 });
/** Signals that a person added. */
export const added = signal<readonly string[]>([]);
/** How a signal is written, where a person chose. */
export const formats = signal<Readonly<Record<string, FormatChoice>>>({});
export const trace = signal<Loaded<SignalTrace> | undefined>(undefined);
export const markers = signal<{ readonly a: number; readonly b?: number }>({ a: 0 });
export const clockMHz = signal(100);
export const viewport = signal<Window>({ from: 0, perPixel: 1 });
/** The pixels of the waveform. */
export const width = signal(0);
/** The first cycle of those that are asked for. */
export const firstCycle = signal(0);

/** Cells times cycles that are simulated without being asked: a second or two. */
const AT_ONCE = 4_000_000;
/** Output ports that are shown without being asked. */
const MOST_OUTPUTS = 10;

const facts = computed(() => (network.value.kind === 'done' ? network.value.value : undefined));
const built = computed(() => (circuit.value.kind === 'done' ? circuit.value.value : undefined));
const found = signal<readonly string[]>([]);

/** The signals that are shown, in groups. */
export const groups = computed(() => {
  const outputs = Math.min(facts.value?.classes ?? 0, MOST_OUTPUTS);
  const ports = ['start', 'valid', 'class_index', ...Array.from({ length: outputs }, (_, index) => `y${index}`)];
  const { layer, row } = place.value;
  const kind = layer === undefined ? '' : (facts.value?.layers[layer].kind ?? '');
  const seen = new Set(ports);
  const fresh = (names: readonly string[]): readonly string[] =>
    names.filter((name) => !seen.has(name) && seen.add(name));
  return [
    { title: 'Ports', names: ports },
    {
      title: row === undefined ? `Layer ${layer}` : `Layer ${layer}, ${rowWord(kind)} ${row}`,
      names: fresh(found.value),
    },
    { title: 'Added', names: fresh(added.value) },
  ].filter(({ names }) => names.length > 0);
});

export const cycles = computed(() => (built.value ? built.value.latency + 1 : 0));

type AskedInput = { readonly golden: number } | { readonly values: Uint8Array<ArrayBuffer> };

/** Returns the input to simulate; undefined, and says why, if a value that a person gave does not fit the circuit. */
function inputOf(chosen: Input): AskedInput | undefined {
  if ('golden' in chosen) return chosen;
  const numbers = (chosen.text.match(/-?\d+/g) ?? []).map(Number);
  const below = 2 ** (facts.value?.input.bits ?? 8);
  const wrong = numbers.find((value) => value < 0 || value >= below);
  if (wrong === undefined) return { values: Uint8Array.from(numbers) };
  const message = `${wrong} is no value of this input: it takes whole numbers from 0 to ${below - 1}. Change it.`;
  report({ code: 'data.bad-value', message, details: {} });
  return undefined;
}

const names = computed(() => groups.value.flatMap((group) => group.names));

/** Simulates the inference, or asks for other signals of it. */
export function simulate(): void {
  const entry = shownEntry.value?.id;
  if (entry === undefined || built.value === undefined) return;
  const from = firstCycle.value;
  const askedInput = inputOf(input.value);
  if (askedInput === undefined) return;
  const asked = {
    entry,
    input: askedInput,
    signals: names.value,
    from,
    to: Math.min(from + MAX_TRACE_CYCLES, Math.max(from + 1, cycles.value)),
  };
  const before = trace.value;
  // What is there stays on the screen while more signals of the same inference come.
  const keep = (loaded: Loaded<SignalTrace>): void => {
    if (loaded.kind !== 'loading' || before?.kind !== 'done') trace.value = loaded;
  };
  void load(entry, keep, () => call('traceSignals', asked));
}

export const watch = (name: string): void => {
  if (!added.value.includes(name)) added.value = [...added.value, name];
};
export const unwatch = (name: string): void => {
  added.value = added.value.filter((one) => one !== name);
};

/** Gives the browser the waveform as a file. */
export async function saveVcd(): Promise<void> {
  const entry = shownEntry.value;
  const asked = inputOf(input.value);
  if (entry === undefined || asked === undefined) return;
  const text = await call('exportVcd', { entry: entry.id, input: asked, signals: names.value });
  saveFile(`${entry.network.name}.vcd`, text, 'text/plain');
}

/** Keeps the waveform that of the circuit, the input and the place that are chosen, while the view is there. */
export function followCircuit(): () => void {
  const forget = effect(() => {
    const circuitId = built.value && facts.value?.entry;
    untracked(() => {
      batch(() => {
        trace.value = undefined;
        added.value = [];
        formats.value = {};
        firstCycle.value = 0;
        markers.value = { a: 0 };
        input.value = facts.value?.goldenVectors === 0 ? { text: '' } : { golden: 0 };
        viewport.value = fit(cycles.value, width.value);
      });
      const cells = built.value?.layers.reduce((sum, layer) => sum + layer.cells, 0) ?? 0;
      if (circuitId !== undefined && cells * cycles.value < AT_ONCE) simulate();
    });
  });
  const follow = effect(() => {
    const { layer, row } = place.value;
    const entry = facts.value?.entry;
    const isLast = layer === (facts.value?.layers.length ?? 0) - 1;
    if (layer === undefined || entry === undefined || built.value === undefined) {
      found.value = [];
      return;
    }
    const isUnrolled = built.value.form !== 'folded';
    const search = row !== undefined && isUnrolled ? `layer${layer}.neuron${row}.` : `layer${layer}.`;
    void attempt(async () => {
      const { signals } = await call('listSignals', { entry, search, limit: 8 });
      if (place.value.layer !== layer || place.value.row !== row) return;
      const own = signals.map(({ name }) => name).filter((name) => name.startsWith(search));
      const fires = row === undefined || !isUnrolled || isLast ? [] : [`layer${layer}.fires[${row}]`];
      found.value = [...fires, ...own];
    });
  });
  const more = effect(() => {
    const asked = names.value;
    untracked(() => {
      const shown = trace.value?.kind === 'done' ? trace.value.value : undefined;
      const known = new Set(shown?.signals.map(({ name }) => name));
      if (shown?.isKept === true && asked.some((name) => !known.has(name))) simulate();
    });
  });
  return () => {
    forget();
    follow();
    more();
  };
}
