import type { AboutDevice, Device } from '../../common/contract/devices.js';
import { call } from '../bridge.js';
import { CopyLine } from '../parts/copy.js';
import { FlashMap } from '../parts/flash-map.js';
import { bytes, hertz, short } from '../parts/format.js';
import { Notice } from '../parts/notice.js';
import { attempt, device, library } from '../state.js';
import { Name } from './device-name.js';

const UNITS = {
  none: 'no counter',
  cycles: 'cycles',
  instructions: 'instructions',
  microseconds: 'microseconds',
} as const;

/** The chosen device: what it is, what it holds, and what can be done with its port. */
export function Overview() {
  const chosen = device.value;
  if (chosen === undefined) {
    return (
      <div class="empty">
        <h2>No device yet</h2>
        <p>Plug in a board, or start an emulated one on the left. It runs the real firmware.</p>
      </div>
    );
  }
  return (
    <>
      <Standing device={chosen} />
      {chosen.about && (
        <>
          <Facts about={chosen.about} device={chosen} />
          <section aria-label="Flash">
            <h2>Flash</h2>
            <FlashMap about={chosen.about} />
          </section>
          <Slots about={chosen.about} />
        </>
      )}
      <Actions device={chosen} />
    </>
  );
}

/** Says why there is nothing to see, and what to do. */
function Standing({ device: { id, state, name, kind, about } }: { readonly device: Device }) {
  const connect = (
    <button type="button" class="button" onClick={() => void attempt(() => call('connectDevice', { device: id }))}>
      {state.kind === 'refused' ? 'Retry' : 'Connect'}
    </button>
  );
  switch (state.kind) {
    case 'refused':
      return (
        <Notice kind="bad" action={connect}>
          {state.error.message}
          {state.fix !== undefined && <CopyLine text={state.fix} />}
        </Notice>
      );
    case 'gone':
      return (
        <Notice kind="warn">
          {name} is gone. {about ? 'What it said last stands here. ' : ''}
          {kind === 'emulated' ? 'Plug it in to go on.' : 'It goes on by itself when it is plugged in again.'}
        </Notice>
      );
    case 'unasked':
      return (
        <Notice kind="warn" action={connect}>
          Nobody has asked what is behind this port. Connecting says hello on it, which another kind of device may not
          like.
        </Notice>
      );
    default:
      return null;
  }
}

function Facts({
  about,
  device: { id, name, path, vendorId, productId },
}: {
  readonly about: AboutDevice;
  readonly device: Device;
}) {
  const facts: readonly (readonly [string, string])[] = [
    ['Board', about.boardName],
    ['Chip', about.clockHz === undefined ? (about.mcu ?? 'unknown') : `${about.mcu} at ${hertz(about.clockHz)}`],
    ['Firmware', `${about.firmware}, protocol ${about.protocol}`],
    ['Chip id', about.chipId === undefined ? 'none' : short(about.chipId)],
    ['Port', path],
    ...(vendorId === undefined ? [] : [['USB', `${vendorId}:${productId ?? ''}`] as const]),
    ['Slots', `${about.slots.length} × ${bytes(about.slotBytes)}`],
    ['RAM for a circuit', bytes(about.workBytes)],
    ['Layers', about.layerKinds === 'every' ? 'every kind' : 'dense binary'],
    ['Counts in', UNITS[about.counterUnit]],
    ['Signatures', about.checksSignatures ? 'wanted, it says' : 'not checked'],
  ];
  return (
    <dl class="facts">
      <div>
        <dt>
          <label for="device-name">Name</label>
        </dt>
        <dd>
          <Name key={id} id={id} name={name} />
        </dd>
      </div>
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const Slots = ({ about: { slots, activeSlot } }: { readonly about: AboutDevice }) => (
  <table class="table">
    <thead>
      <tr>
        <th>Slot</th>
        <th>State</th>
        <th>Network</th>
        <th class="number">Bytes</th>
        <th>Digest</th>
      </tr>
    </thead>
    <tbody>
      {slots.map(({ slot, state, totalBytes, digest }) => (
        <tr key={slot}>
          <td>{slot}</td>
          <td>
            {state}
            {slot === activeSlot ? ', runs' : ''}
          </td>
          <td>
            {library.value.find(({ id }) => id === digest)?.network.name ??
              (digest === undefined ? '' : 'not in the library')}
          </td>
          <td class="number">{digest === undefined ? '' : bytes(totalBytes)}</td>
          <td>{digest === undefined ? '' : <code title={digest}>{short(digest)}</code>}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

function Actions({ device: { id, kind, state } }: { readonly device: Device }) {
  const button = (label: string, work: () => Promise<unknown>) => (
    <button type="button" class="button" onClick={() => void attempt(work)}>
      {label}
    </button>
  );
  if (kind === 'serial') {
    return (
      <div class="actions">
        {state.kind === 'live' && button('Release port', () => call('releaseDevice', { device: id }))}
      </div>
    );
  }
  if (kind === 'recorded') {
    return <div class="actions">{button('Close recording', () => call('closeRecording', { device: id }))}</div>;
  }
  return (
    <div class="actions">
      {state.kind === 'gone'
        ? button('Plug in', () => call('plugInEmulatedBoard', { device: id }))
        : button('Unplug', () => call('unplugEmulatedBoard', { device: id }))}
      {button('Remove', () => call('removeEmulatedBoard', { device: id }))}
    </div>
  );
}
