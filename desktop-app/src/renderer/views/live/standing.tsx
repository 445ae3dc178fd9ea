import type { Device } from '../../../common/contract/devices.js';
import { call } from '../../bridge.js';
import { bytes, percent, short } from '../../parts/format.js';
import { stateWords } from '../../parts/glyph.js';
import { Notice } from '../../parts/notice.js';
import { attempt, device, flashJobs, library, runningEntry } from '../../state.js';
import { answer, subject, witness } from './session.js';

/** What stands in the view's place while there is no circuit to watch, and what to do. */
export function NothingToWatch() {
  const chosen = device.value;
  if (chosen === undefined) {
    return (
      <div class="empty">
        <h2>Nothing to watch yet</h2>
        <p>
          Plug in a board, or start an emulated one on the left: it is shown beside the simulator. Without a board,
          choose a circuit on the left, or drop a .abit file anywhere: the simulator answers alone.
        </p>
      </div>
    );
  }
  return (
    <>
      <Standing />
      {chosen.state.kind !== 'live' && library.value.length === 0 && (
        <div class="empty">
          <p>Drop a .abit file anywhere to watch a circuit in the simulator alone.</p>
        </div>
      )}
    </>
  );
}

/** Says why the device is not asked, and what to do; nothing where it is. */
export function Standing() {
  const chosen = device.value;
  if (chosen === undefined) {
    return <Notice kind="warn">No device is chosen: the simulator answers alone.</Notice>;
  }
  if (witness.value !== undefined) {
    const { error } = answer.value ?? {};
    return error === undefined ? null : <Notice kind="bad">{error.message}</Notice>;
  }
  const job = flashJobs.value.find((one) => one.device === chosen.id && one.state === 'running');
  if (job) {
    return (
      <Notice kind="warn">
        {chosen.name} is being written ({job.step}, {percent(job.bytes / Math.max(1, job.totalBytes))}). It answers when
        that is done.
        <div class="bar" role="progressbar" aria-valuenow={job.bytes} aria-valuemax={job.totalBytes}>
          <i style={{ transform: `scaleX(${job.bytes / Math.max(1, job.totalBytes)})` }} />
        </div>
      </Notice>
    );
  }
  return chosen.state.kind === 'live' ? <NotKnown device={chosen} /> : <NotLive device={chosen} />;
}

/** A device that does not answer. */
function NotLive({ device: { id, name, state, kind } }: { readonly device: Device }) {
  const alone = subject.value === undefined ? '' : ' Until then the simulator answers alone.';
  if (state.kind === 'connecting') return <Notice kind="warn">Connecting to {name} …</Notice>;
  if (state.kind === 'busy')
    return (
      <Notice kind="warn">
        {name} is busy: {stateWords(state)}.
      </Notice>
    );
  if (state.kind === 'refused') {
    return (
      <Notice kind="bad">
        {state.error.message}
        {alone}
      </Notice>
    );
  }
  const isEmulated = kind === 'emulated';
  const mend =
    state.kind === 'unasked' || isEmulated ? (
      <button
        type="button"
        class="button"
        onClick={() =>
          void attempt(() =>
            state.kind === 'gone' ? call('plugInEmulatedBoard', { device: id }) : call('connectDevice', { device: id }),
          )
        }
      >
        {state.kind === 'gone' ? 'Plug in' : 'Connect'}
      </button>
    ) : undefined;
  return (
    <Notice kind="warn" action={mend}>
      {state.kind === 'gone' ? `${name} is gone. ` : `${name} is not connected. `}
      {state.kind === 'gone' && !isEmulated && 'It goes on by itself when it is plugged in again.'}
      {alone}
    </Notice>
  );
}

/** Takes the bitstream that a device runs into the library. */
const readBack = ({ id, name }: Device): Promise<unknown> =>
  attempt(async () => {
    const bytes = await call('readFromDevice', { device: id });
    await call('addToLibrary', { fileName: `from ${name}.abit`, bytes: new Uint8Array(bytes) });
  });

/** A device that runs nothing, or what the library does not have: what is known can be flashed. */
function NotKnown({ device: unknown }: { readonly device: Device }) {
  const { id, name, about } = unknown;
  const digest = about?.activeSlot === undefined ? undefined : about.slots.at(about.activeSlot)?.digest;
  const known = library.value.filter((one) => one.id !== runningEntry.value?.id);
  return (
    <>
      <Notice
        kind="warn"
        action={
          digest !== undefined && (
            <button type="button" class="button" onClick={() => void readBack(unknown)}>
              Read it from the device
            </button>
          )
        }
      >
        {digest === undefined ? (
          <>{name} runs no circuit.</>
        ) : (
          <>
            The library does not have what {name} runs (<code title={digest}>{short(digest)}</code>). Read it back, or
            drop its .abit file anywhere, so that it can be simulated.
          </>
        )}{' '}
        {known.length === 0
          ? digest === undefined && 'Drop a .abit file anywhere, and flash it here.'
          : `Flash ${digest === undefined ? 'one' : 'another one'} that is known:`}
      </Notice>
      {known.length > 0 && (
        <table class="table known">
          <tbody>
            {known.map((one) => (
              <tr key={one.id}>
                <td>{one.network.name}</td>
                <td>
                  <code title={one.id}>{short(one.id)}</code>
                </td>
                <td class="number">{bytes(one.bytes)}</td>
                <td class="number">
                  <button
                    type="button"
                    class="button"
                    onClick={() => void attempt(() => call('flash', { devices: [id], bitstream: one.id }))}
                  >
                    Flash {one.network.name}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
