import { signal } from '@preact/signals';
import type { LiveCircuit, SensorRows, SensorState } from '../../../common/contract/live.js';
import { call, on } from '../../bridge.js';
import { whole } from '../../parts/format.js';
import { Notice } from '../../parts/notice.js';
import { attempt, devices } from '../../state.js';
import { InputPicture } from './input-picture.js';
import { answer, circuit as watched, show } from './session.js';
import { emptyWindow, inputFrom, withRows } from './sensor-window.js';

const RATES = [9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600] as const;

const port = signal<SensorState | undefined>(undefined);
const bad = signal<Omit<SensorRows, 'rows'>>({ badLines: 0 });
const rows = signal(0);
const filled = signal(emptyWindow);

on('sensor', (state) => (port.value = state));
on('sensorRows', ({ rows: came, ...lines }) => {
  const input = watched.value?.input;
  if (input === undefined) return;
  bad.value = lines;
  rows.value += came.length;
  filled.value = withRows(filled.value, came, input.count, input.bits);
  const values = inputFrom(filled.value, input.count);
  if (values) show({ name: `rows of ${port.value?.path ?? 'the sensor'}`, values });
});

// Rows of one network do not fill another's window.
watched.subscribe(() => (filled.value = emptyWindow));

/** Listens to a sensor on a second port: a line of numbers is a row of the input, or a part of it. */
export function SensorPanel({ circuit: { input } }: { readonly circuit: LiveCircuit }) {
  const state = port.value;
  const isOpen = state?.state === 'open';
  const open = (form: HTMLFormElement): void => {
    const path = (form.elements.namedItem('path') as HTMLInputElement).value.trim();
    const baudRate = Number((form.elements.namedItem('rate') as HTMLSelectElement).value);
    if (path === '') return;
    rows.value = 0;
    filled.value = emptyWindow;
    void attempt(() => call('openSensor', { path, baudRate }));
  };
  const shown = answer.value?.input;
  const { problem, values, held } = filled.value;
  const { badLines, lastBadLine } = bad.value;
  return (
    <>
      {shown ? <InputPicture input={input} values={shown.values} /> : <span class="dots strip none" />}
      <form
        class="actions"
        onSubmit={(event) => {
          event.preventDefault();
          if (isOpen) void attempt(() => call('closeSensor', {}));
          else open(event.currentTarget);
        }}
      >
        <input
          class="field grow"
          name="path"
          aria-label="Port of the sensor"
          placeholder="/dev/… or COM…"
          list="sensor-ports"
          spellcheck={false}
          disabled={isOpen}
        />
        <datalist id="sensor-ports">
          {devices.value
            .filter((one) => one.kind === 'serial' && one.state.kind === 'unasked')
            .map(({ path, name }) => (
              <option key={path} value={path}>
                {name}
              </option>
            ))}
        </datalist>
        <select class="field" name="rate" aria-label="Bits a second" disabled={isOpen}>
          {RATES.map((rate) => (
            <option key={rate} value={rate} selected={rate === 115_200}>
              {rate}
            </option>
          ))}
        </select>
        <button type="submit" class="button">
          {isOpen ? 'Stop' : 'Listen'}
        </button>
      </form>
      {problem !== undefined && <Notice kind="warn">{problem}</Notice>}
      {state?.error && <Notice kind="bad">{state.error.message}</Notice>}
      <p class="note" role="status">
        {isOpen
          ? `${whole(rows.value)} rows; ${values.length} of ${input.count} values`
          : 'Lines of numbers, apart by commas or spaces.'}
        {held > 0 && `; ${whole(held)} values held within 0 to ${2 ** input.bits - 1}`}
        {badLines > 0 && `; ${whole(badLines)} lines were no numbers, the last “${lastBadLine ?? ''}”`}
      </p>
    </>
  );
}
