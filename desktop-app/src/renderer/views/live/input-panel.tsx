import type { CircuitInput, LiveCircuit } from '../../../common/contract/live.js';
import { DrawPad } from './draw-pad.js';
import { ExamplesPanel } from './examples-panel.js';
import { FilePanel } from './file-panel.js';
import { Recorder } from './recorder.js';
import { RowPanel } from './row-panel.js';
import { SensorPanel } from './sensor-panel.js';
import { source as chosen, type Source } from './session.js';
import { run } from './test-run.js';

const SOURCES = {
  draw: { label: 'Draw', Panel: DrawPad },
  record: { label: 'Record', Panel: Recorder },
  row: { label: 'Numbers', Panel: RowPanel },
  sensor: { label: 'Sensor', Panel: SensorPanel },
  file: { label: 'File', Panel: FilePanel },
  examples: { label: 'Examples', Panel: ExamplesPanel },
} as const satisfies Readonly<Record<Source, unknown>>;

/** The ways to give an input of each kind. Colours cannot be drawn. */
function sourcesOf({ kind, shape }: CircuitInput): readonly Source[] {
  if (kind === 'picture')
    return shape.length === 2 || shape[2] === 1 ? ['draw', 'file', 'examples'] : ['file', 'examples'];
  return kind === 'sound' ? ['record', 'file', 'examples'] : ['row', 'sensor', 'examples'];
}

/** Says what the network takes: `28 × 28 grey values of 8 bits`. */
function takes({ kind, shape, sampleRateHz, count, bits, isStated }: CircuitInput): string {
  const values = bits === 1 ? 'single bits' : `values of ${bits} bits`;
  const what =
    kind === 'sound' && sampleRateHz !== undefined
      ? `${(count / sampleRateHz).toFixed(2)} s of sound at ${sampleRateHz} Hz, ${values}`
      : kind === 'picture'
        ? `${shape.slice(0, 2).join(' × ')} pixels, ${shape[2] === 3 ? 'three' : 'grey'} ${values}`
        : `${shape.join(' × ')} ${values}`;
  return isStated ? what : `${what}; guessed from the number of its inputs`;
}

/** What is shown to the network, from the sources that its kind of input has. */
export function InputPanel({ circuit }: { readonly circuit: LiveCircuit }) {
  const sources = sourcesOf(circuit.input);
  const isRunning = run.value.isRunning;
  const shown = sources.find((source) => source === chosen.value) ?? sources[0];
  const { Panel } = SOURCES[shown];
  return (
    <section class="input" aria-label="Input">
      <header>
        <h2>Input</h2>
        <div class="segmented" role="group" aria-label="Where the input comes from">
          {sources.map((source) => (
            <button
              key={source}
              type="button"
              aria-pressed={source === shown}
              disabled={isRunning}
              onClick={() => (chosen.value = source)}
            >
              {SOURCES[source].label}
            </button>
          ))}
        </div>
      </header>
      <Panel circuit={circuit} />
      <p class="note">{takes(circuit.input)}</p>
    </section>
  );
}
