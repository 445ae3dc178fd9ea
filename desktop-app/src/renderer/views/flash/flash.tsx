import { useEffect } from 'preact/hooks';
import type { Device } from '../../../common/contract/devices.js';
import type { FlashJob } from '../../../common/contract/flashing.js';
import { call } from '../../bridge.js';
import { FlashMap, type Coming } from '../../parts/flash-map.js';
import { stateWords } from '../../parts/glyph.js';
import { viewKeys } from '../../shell/keys.js';
import { attempt, devices, flashJobs } from '../../state.js';
import { Bitstreams } from './bitstreams.js';
import { Firmware } from './firmware.js';
import { fitOf, useFits } from './fits.js';
import { inFocus, marked, selected } from './selection.js';
import { Steps } from './steps.js';
import { shownJob, Targets } from './targets.js';

/** Puts a bitstream on one device or on several at once. */
export function FlashView() {
  useFits(devices.value, selected.value);
  useFlashKeys();
  return (
    <div class="flash-view">
      <Bitstreams />
      <Targets />
      <Action />
      {inFocus.value && <Focus device={inFocus.value} />}
      <Firmware />
    </div>
  );
}

/** The flash of one device, with what is about to come into it, and the steps. */
function Focus({ device }: { readonly device: Device }) {
  const job = shownJob(device, selected.value);
  return (
    <section class="focus" aria-label={`Flash of ${device.name}`}>
      <h2>{device.name}</h2>
      {device.about && <FlashMap about={device.about} coming={comingInto(device, job)} />}
      <Steps job={job} />
    </section>
  );
}

/** What comes into the flash: the job that runs, or what would be written. */
function comingInto(device: Device, job: FlashJob | undefined): Coming | undefined {
  if (job?.state === 'running') {
    if (job.slot === undefined) return undefined;
    return { slot: job.slot, totalBytes: job.totalBytes, doneBytes: job.bytes, isErased: job.step !== 'hello' };
  }
  if (job?.state === 'done') return undefined;
  const entry = selected.value;
  const fit = fitOf(device, entry);
  if (entry === undefined || fit?.fits !== true) return undefined;
  return { slot: fit.slot, totalBytes: entry.bytes, doneBytes: 0, isErased: false };
}

/** Tells which marked devices can be written now, and why others cannot. */
function readiness(): { readonly ready: readonly Device[]; readonly reason?: string } {
  const entry = selected.value;
  if (entry === undefined) return { ready: [], reason: 'Choose a bitstream first.' };
  if (marked.value.length === 0) return { ready: [], reason: 'Mark the devices to write to.' };
  const reasons = marked.value.map((device) => ({ device, reason: reasonAgainst(device) }));
  const ready = reasons.filter(({ reason }) => reason === undefined).map(({ device }) => device);
  const reason = reasons.find((one) => one.reason !== undefined)?.reason;
  return { ready, ...(reason === undefined ? {} : { reason }) };
}

function reasonAgainst(device: Device): string | undefined {
  const { state, name } = device;
  if (runningJobs().some((job) => job.device === device.id)) return `${name} is being written.`;
  if (state.kind === 'refused') return state.error.message;
  if (state.kind === 'gone') return `${name} is gone. Plug it in.`;
  if (state.kind === 'unasked') return `${name} is not connected. Connect it first.`;
  if (state.kind !== 'live') return `${name} is ${stateWords(state)}.`;
  const fit = fitOf(device, selected.value);
  return fit === undefined ? `Asking whether ${name} has room …` : fit.fits ? undefined : fit.error.message;
}

const runningJobs = (): readonly FlashJob[] => flashJobs.value.filter(({ state }) => state === 'running');

function begin(): void {
  const { ready } = readiness();
  const bitstream = selected.value?.id;
  if (bitstream === undefined || ready.length === 0) return;
  void attempt(() => call('flash', { devices: ready.map(({ id }) => id), bitstream }));
}

function cancelAll(): void {
  for (const { id } of runningJobs()) void attempt(() => call('cancelFlash', { job: id }));
}

function Action() {
  const { ready, reason } = readiness();
  const many = marked.value.length;
  const running = runningJobs().length;
  const label =
    many <= 1
      ? 'Flash'
      : ready.length === many || ready.length === 0
        ? `Flash ${many} devices`
        : `Flash ${ready.length} of ${many} devices`;
  return (
    <div class="actions flash-action">
      <button type="button" class="button primary" disabled={ready.length === 0} onClick={begin}>
        {label}
      </button>
      {running > 0 && (
        <button type="button" class="button" onClick={cancelAll}>
          {running === 1 ? 'Cancel' : `Cancel all ${running}`}
        </button>
      )}
      <span class="muted reason" role="status">
        {running > 0
          ? 'The circuit that each device had boots until the new one is confirmed. Esc cancels.'
          : (reason ?? `Space begins. ${boardsThatBootNothingBetween()}`)}
      </span>
    </div>
  );
}

/** A device with one slot has nowhere to keep its circuit: from the erase until it is confirmed it boots none. */
function boardsThatBootNothingBetween(): string {
  const names = marked.value.filter(({ about }) => about?.slots.length === 1).map(({ name }) => name);
  return names.length === 0
    ? ''
    : `${names.join(', ')} has one slot: from the erase until the end it boots no circuit.`;
}

function useFlashKeys(): void {
  useEffect(() => {
    viewKeys.value = { space: begin, escape: cancelAll };
    return () => {
      viewKeys.value = {};
    };
  }, []);
}
