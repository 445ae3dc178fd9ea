import type { Device } from '../../../common/contract/devices.js';
import type { Fit, FlashJob } from '../../../common/contract/flashing.js';
import type { LibraryEntry } from '../../../common/contract/library.js';
import { call } from '../../bridge.js';
import { Bar } from '../../parts/bar.js';
import { bytes } from '../../parts/format.js';
import { Glyph, stateWords } from '../../parts/glyph.js';
import { attempt, devices, flashJobs, isKnown, library } from '../../state.js';
import { fitOf } from './fits.js';
import { lastJob, outcomeWords, progressWords, shareDone } from './job-words.js';
import { mark, marked, selected } from './selection.js';

/** The devices to write to: a row each, with what would become of it, becomes of it, or became of it. */
export function Targets() {
  const ids = marked.value.map(({ id }) => id);
  const all = devices.value;
  const isAll = ids.length === all.length;
  return (
    <section class="targets" aria-label="Devices">
      <header>
        <h2>Onto</h2>
        {all.length > 1 && (
          <label class="all">
            <input
              type="checkbox"
              checked={isAll}
              ref={(box) => {
                if (box) box.indeterminate = ids.length > 0 && !isAll;
              }}
              onChange={() => mark(isAll ? [] : all.map(({ id }) => id))}
            />
            all {all.length}
          </label>
        )}
      </header>
      {all.length === 0 && (
        <p class="muted">
          {isKnown.value.devices
            ? 'No device yet. Plug one in, or start an emulated one on the left: it runs the real firmware.'
            : 'Looking for devices …'}
        </p>
      )}
      {all.length > 0 && (
        <ul>
          {all.map((device) => (
            <Target key={device.id} device={device} isMarked={ids.includes(device.id)} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Target({ device, isMarked }: { readonly device: Device; readonly isMarked: boolean }) {
  const { id, name, state } = device;
  const entry = selected.value;
  const job = shownJob(device, entry);
  const ids = marked.value.map((one) => one.id);
  return (
    <li class="target" data-device={id}>
      <label>
        <input
          type="checkbox"
          checked={isMarked}
          onChange={() => mark(isMarked ? ids.filter((one) => one !== id) : [...ids, id])}
        />
        <Glyph state={state} />
        <span class="name" title={name}>
          {name}
        </span>
      </label>
      <div class="standing">
        {job ? <JobStanding job={job} device={device} /> : <Before device={device} entry={entry} />}
      </div>
      <RowAction device={device} job={job} />
    </li>
  );
}

/** The job that a device's row is about: one that runs, else the last one of the bitstream that is selected. */
export function shownJob({ id }: Device, entry: LibraryEntry | undefined): FlashJob | undefined {
  const job = lastJob(flashJobs.value, id);
  return job?.state === 'running' || job?.bitstream === entry?.id ? job : undefined;
}

function JobStanding({ job, device }: { readonly job: FlashJob; readonly device: Device }) {
  if (job.state === 'running') {
    return (
      <>
        <Bar share={shareDone(job)} label={`${device.name}: bytes written`} />
        <span>{progressWords(job, device.about)}</span>
      </>
    );
  }
  const [kind, sign] = SIGNS[job.state];
  return (
    <span>
      <b class={`sign ${kind}`}>{sign}</b> {outcomeWords(job, device.about)}
    </span>
  );
}

const SIGNS = { done: ['good', '✓'], failed: ['bad', '✕'], cancelled: ['warn', '!'] } as const;

/** What would become of a device, before anything is written. */
function Before({ device, entry }: { readonly device: Device; readonly entry: LibraryEntry | undefined }) {
  const { state, about } = device;
  if (state.kind === 'refused') return <span class="bad-text">{state.error.message}</span>;
  const fit = fitOf(device, entry);
  if (state.kind !== 'live' || entry === undefined || fit === undefined)
    return <span class="muted">{state.kind === 'live' ? '' : stateWords(state)}</span>;
  if (!fit.fits)
    return (
      <span class="bad-text">
        <b class="sign">✕</b> {fit.error.message}
      </span>
    );
  return <span class="muted">{about && fitWords(fit, entry, about)}</span>;
}

function fitWords(
  { slot }: Fit & { readonly fits: true },
  entry: LibraryEntry,
  { slots, slotBytes, activeSlot }: NonNullable<Device['about']>,
): string {
  const held = slots.at(slot);
  const network = library.value.find(({ id }) => id === held?.digest)?.network.name;
  const inSlot =
    held === undefined || held.state === 'empty'
      ? 'which is empty'
      : `over ${network ?? 'a circuit that is not in the list'}`;
  const again = activeSlot !== undefined && slots.at(activeSlot)?.digest === entry.id ? 'Runs it already. ' : '';
  return `${again}${bytes(entry.bytes)} of ${bytes(slotBytes)}, into slot ${slot}, ${inSlot}`;
}

function RowAction({
  device: { id, name, kind, state },
  job,
}: {
  readonly device: Device;
  readonly job: FlashJob | undefined;
}) {
  const button = (label: string, work: () => Promise<unknown>) => (
    <button type="button" class="button" aria-label={`${label} ${name}`} onClick={() => void attempt(work)}>
      {label}
    </button>
  );
  if (job?.state === 'running') return button('Cancel', () => call('cancelFlash', { job: job.id }));
  if (state.kind === 'unasked' || state.kind === 'refused')
    return button('Connect', () => call('connectDevice', { device: id }));
  if (state.kind === 'gone')
    return kind === 'emulated' && button('Plug in', () => call('plugInEmulatedBoard', { device: id }));
  if (job !== undefined && job.state !== 'done')
    return button('Retry', () => call('flash', { devices: [id], bitstream: job.bitstream }));
  return null;
}
