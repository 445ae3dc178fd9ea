import type { CircuitFacts, NetworkFacts, TracedSignal } from '../../../../common/contract/circuits.js';
import { MAX_TRACE_CYCLES } from '../../../../common/limits.js';
import { whole } from '../../../parts/format.js';
import { Notice } from '../../../parts/notice.js';
import { attempt } from '../../../state.js';
import { cancelWork, work } from '../circuit-state.js';
import { FORMATS, formatValue, usualFormat, type FormatChoice, type NumberFormat } from './number-format.js';
import { SignalSearch } from './signal-search.js';
import { timeOf } from './time.js';
import { WaveCanvas } from './wave-canvas.js';
import {
  added,
  clockMHz,
  cycles,
  firstCycle,
  formats,
  groups,
  input,
  markers,
  saveVcd,
  simulate,
  trace,
  unwatch,
} from './wave-state.js';
import { lastAtMost } from './zoom.js';

/** The waveform of one inference. */
export function Wave({ facts, circuit }: { readonly facts: NetworkFacts; readonly circuit: CircuitFacts }) {
  const loaded = trace.value;
  const done = loaded?.kind === 'done' ? loaded.value : undefined;
  return (
    <section class="wave" aria-label="Waveform">
      <div class="heading">
        <h2>Waveform</h2>
        <InputChoice facts={facts} />
        {circuit.latency + 1 > MAX_TRACE_CYCLES && <WindowChoice />}
        <button type="button" class="button" disabled={loaded?.kind === 'loading'} onClick={simulate}>
          Simulate
        </button>
        {done && (
          <span class="muted">
            {whole(done.cycles)} cycles, class <b>{facts.classNames?.[done.class] ?? done.class}</b>
          </span>
        )}
        <span class="push" />
        <SignalSearch entry={facts.entry} />
        <button type="button" class="button quiet" disabled={!done} onClick={() => void attempt(saveVcd)}>
          Save VCD
        </button>
      </div>
      {loaded?.kind === 'failed' && <Notice kind="bad">{loaded.error.message}</Notice>}
      {loaded === undefined && (
        <p class="muted hint">
          <kbd class="key">Space</kbd> simulates one inference on the reference engine, cell by cell:{' '}
          {whole(circuit.latency + 1)} cycles of {whole(circuit.layers.reduce((sum, { cells }) => sum + cells, 0))}{' '}
          cells.
        </p>
      )}
      {loaded?.kind === 'loading' && <Simulating />}
      {done && (
        <>
          <div class="scope">
            <Names signals={done.signals} />
            <WaveCanvas traced={done} />
          </div>
          <Markers />
        </>
      )}
    </section>
  );
}

function Simulating() {
  const now = work.value;
  const share = now && now.total > 0 ? now.done / now.total : 0;
  return (
    <div class="working" role="status">
      <span>{now?.step === 'simulate' ? `Cycle ${whole(now.done)} of ${whole(now.total)}` : 'Simulating …'}</span>
      <span class="bar">
        <i style={{ transform: `scaleX(${share})` }} />
      </span>
      <button type="button" class="button quiet" onClick={cancelWork}>
        Cancel
      </button>
    </div>
  );
}

function InputChoice({ facts }: { readonly facts: NetworkFacts }) {
  const chosen = input.value;
  const isGolden = 'golden' in chosen;
  return (
    <span class="wave-choice">
      <select
        class="field"
        aria-label="Input"
        value={isGolden ? 'golden' : 'given'}
        onChange={({ currentTarget }) =>
          (input.value = currentTarget.value === 'golden' ? { golden: 0 } : { text: '' })
        }
      >
        <option value="golden" disabled={facts.goldenVectors === 0}>
          Golden vector
        </option>
        <option value="given">Values</option>
      </select>
      {isGolden ? (
        <input
          class="field digits"
          type="number"
          min={0}
          max={facts.goldenVectors - 1}
          aria-label={`Number of the golden vector, 0 to ${facts.goldenVectors - 1}`}
          value={chosen.golden}
          onChange={({ currentTarget }) => {
            input.value = {
              golden: Math.min(Math.max(0, Math.trunc(Number(currentTarget.value))), facts.goldenVectors - 1),
            };
            simulate();
          }}
        />
      ) : (
        <input
          class="field values"
          aria-label={`Values of the input, ${facts.input.count} numbers`}
          placeholder={`${whole(facts.input.count)} numbers`}
          value={chosen.text}
          onInput={({ currentTarget }) => (input.value = { text: currentTarget.value })}
          onKeyDown={({ key }) => {
            if (key === 'Enter') simulate();
          }}
        />
      )}
    </span>
  );
}

/** The cycles to look at, where there are more than are held at once. */
const WindowChoice = () => (
  <label class="wave-choice">
    from cycle
    <input
      class="field digits"
      type="number"
      min={0}
      max={cycles.value - 1}
      value={firstCycle.value}
      onChange={({ currentTarget }) => {
        firstCycle.value = Math.min(Math.max(0, Math.trunc(Number(currentTarget.value))), cycles.value - 1);
      }}
    />
  </label>
);

/** The names beside the waveform, with what each signal is at marker A. */
function Names({ signals }: { readonly signals: readonly TracedSignal[] }) {
  const byName = new Map(signals.map((signal) => [signal.name, signal]));
  return (
    <div class="names">
      <div class="ruler muted">value at A</div>
      {groups.value.map(({ title, names }) => (
        <div key={title} role="group" aria-label={title}>
          <div class="group-title">{title}</div>
          {names.map((name) => (
            <NameRow key={name} name={name} signal={byName.get(name)} />
          ))}
        </div>
      ))}
    </div>
  );
}

function NameRow({ name, signal }: { readonly name: string; readonly signal: TracedSignal | undefined }) {
  if (signal === undefined) {
    return (
      <div class="name-row">
        <span class="name muted">{name}</span>
      </div>
    );
  }
  const format = formatOf(signal);
  const choose = (to: FormatChoice): void => {
    formats.value = { ...formats.value, [name]: to };
  };
  const at = lastAtMost(signal.cycles, markers.value.a);
  return (
    <div class="name-row">
      <span class="name" title={`${name}, ${signal.width} ${signal.width === 1 ? 'bit' : 'bits'}`}>
        {name}
      </span>
      <output class="mono" aria-label={`${name} at A`}>
        {at < 0 ? '' : formatValue(signal.values[at], signal.width, signal.signed, format)}
      </output>
      {signal.width > 1 && (
        <select
          aria-label={`Format of ${name}`}
          value={format.format}
          onChange={({ currentTarget }) =>
            choose({
              format: currentTarget.value as NumberFormat,
              fractionBits: currentTarget.value === 'fixed' ? Math.min(4, signal.width - 1) : 0,
            })
          }
        >
          {FORMATS.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      )}
      {format.format === 'fixed' && (
        <input
          type="number"
          min={0}
          max={64}
          aria-label={`Fraction bits of ${name}`}
          value={format.fractionBits}
          onChange={({ currentTarget }) =>
            choose({ ...format, fractionBits: Math.min(64, Math.max(0, Math.trunc(Number(currentTarget.value)))) })
          }
        />
      )}
      {added.value.includes(name) && (
        <button type="button" aria-label={`Take ${name} away`} onClick={() => unwatch(name)}>
          ×
        </button>
      )}
    </div>
  );
}

export const formatOf = ({ name, width, signed }: TracedSignal): FormatChoice =>
  formats.value[name] ?? usualFormat(width, signed);

/** The markers, how far they are apart, and how to move them. */
function Markers() {
  const { a, b } = markers.value;
  return (
    <p class="markers">
      <span>
        <b class="a">A</b> cycle {whole(a)}
      </span>
      {b !== undefined && (
        <>
          <span>
            <b class="b">B</b> cycle {whole(b)}
          </span>
          <span role="status" aria-label="B minus A">
            B − A = <b>{whole(b - a)}</b> cycles = <b>{timeOf(b - a, clockMHz.value)}</b>
          </span>
        </>
      )}
      <label>
        at{' '}
        <input
          class="field digits"
          type="number"
          min={0.001}
          step="any"
          aria-label="Clock in MHz"
          value={clockMHz.value}
          onChange={({ currentTarget }) => {
            if (Number(currentTarget.value) > 0) clockMHz.value = Number(currentTarget.value);
          }}
        />{' '}
        MHz
      </label>
      <span class="muted keys-hint">
        click sets A, Shift-click B · arrows move A, Shift-arrows B · drag pans · Ctrl-wheel, + and − zoom · F fits
      </span>
    </p>
  );
}
