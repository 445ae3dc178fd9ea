import type { Inference, LiveCircuit } from '../../../common/contract/live.js';
import { whole } from '../../parts/format.js';
import { margin, tellsClassOnly } from './compare.js';
import { answer, askCircuit, cycleAnswer, witness } from './session.js';
import { deviceMs, milliseconds } from './time.js';

/** What device and simulator say of the input: their classes, then every output of both. */
export function Outputs({ circuit: { classNames } }: { readonly circuit: LiveCircuit }) {
  const { device, simulator, input } = answer.value ?? {};
  const label = input?.label;
  return (
    <section class="outputs" aria-label="Outputs">
      <header>
        <h2>Outputs</h2>
        {label !== undefined && <span class="muted">right: {classNames[label]}</span>}
      </header>
      <table class="table verdicts">
        <thead>
          <tr>
            <th>
              <span class="visually-hidden">Who</span>
            </th>
            <th>Class</th>
            <th>Margin</th>
            <th class="number">Time</th>
          </tr>
        </thead>
        <tbody>
          <Verdict who="Device" swatch="of-device" inference={device} names={classNames} label={label}>
            <DeviceTime />
          </Verdict>
          <Verdict who="Simulator" swatch="of-simulator" inference={simulator} names={classNames} label={label}>
            {simulator && <span class="muted">exact integers</span>}
          </Verdict>
          <Verdict who="Circuit" swatch="" inference={cycleAnswer.value} names={classNames} label={label}>
            <CircuitTime />
          </Verdict>
        </tbody>
      </table>
      <Bars names={classNames} device={device} simulator={simulator} />
    </section>
  );
}

function Verdict({
  who,
  swatch,
  inference,
  names,
  label,
  children,
}: {
  readonly who: string;
  readonly swatch: string;
  readonly inference: Inference | undefined;
  readonly names: readonly string[];
  readonly label: number | undefined;
  readonly children: preact.ComponentChildren;
}) {
  const lead = inference && margin(inference);
  const isWrong = inference !== undefined && label !== undefined && inference.class !== label;
  return (
    <tr data-who={who.toLowerCase()}>
      <th scope="row">
        <i class={`swatch ${swatch}`} />
        {who}
      </th>
      <td class="class">
        {inference ? names[inference.class] : '–'}
        {isWrong && <span class="sign bad"> ✕</span>}
      </td>
      <td>
        {lead && `${whole(lead.by)} over ${names[lead.over]}`}
        {inference && tellsClassOnly(inference) && <span class="muted">tells the class alone</span>}
      </td>
      <td class="number">{children}</td>
    </tr>
  );
}

function DeviceTime() {
  const { device } = answer.value ?? {};
  const about = witness.value?.about;
  if (device === undefined) return <>{witness.value ? '' : 'not asked'}</>;
  const ms = deviceMs(device.counter, about);
  const counted =
    about === undefined || about.counterUnit === 'none' ? '' : `${whole(device.counter)} ${about.counterUnit}`;
  return (
    <>
      {ms === undefined ? counted : <b title={counted}>{milliseconds(ms)}</b>}
      <span class="muted"> round trip {milliseconds(device.roundTripMs)}</span>
    </>
  );
}

function CircuitTime() {
  const told = cycleAnswer.value;
  if (answer.value?.simulator === undefined) return null;
  if (told) return <>{`${whole(told.cycles)} cycles, ${told.form}`}</>;
  return (
    <button type="button" class="button" onClick={() => void askCircuit()}>
      Simulate cycles
    </button>
  );
}

/** Both integers of every class, as bars on one scale. */
function Bars({
  names,
  device,
  simulator,
}: {
  readonly names: readonly string[];
  readonly device: Inference | undefined;
  readonly simulator: Inference | undefined;
}) {
  const all = [0, ...(device?.outputs ?? []), ...(simulator?.outputs ?? [])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const span = Math.max(1, high - low);
  const bar = (kind: string, value: number | undefined) =>
    value === undefined ? null : (
      <i
        class={kind}
        style={{ left: `${(100 * (Math.min(0, value) - low)) / span}%`, width: `${(100 * Math.abs(value)) / span}%` }}
      />
    );
  return (
    <table class="bars">
      <thead>
        <tr>
          <th>Class</th>
          <th>
            <span class="visually-hidden">Bars</span>
          </th>
          <th class="number">Device</th>
          <th class="number">Simulator</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name, index) => {
          const [given, expected] = [device?.outputs[index], simulator?.outputs[index]];
          const differs = given !== undefined && expected !== undefined && given !== expected;
          const isBest = index === (device ?? simulator)?.class;
          return (
            <tr key={index} class={`${differs ? 'differs' : ''} ${isBest ? 'best' : ''}`}>
              <th scope="row" title={name}>
                {name}
              </th>
              <td>
                <span class="pair">
                  {bar('of-device', given)}
                  {bar('of-simulator', expected)}
                </span>
              </td>
              <td class="number">{given === undefined ? '' : whole(given)}</td>
              <td class="number">
                {differs && <span aria-hidden="true">≠ </span>}
                {expected === undefined ? '' : whole(expected)}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
