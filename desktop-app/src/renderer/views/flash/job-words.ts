import type { AboutDevice } from '../../../common/contract/devices.js';
import type { FlashJob } from '../../../common/contract/flashing.js';
import { FLASH_STEPS, type FlashStep } from '../../../common/flash-steps.js';
import { duration } from '../../parts/duration.js';
import { bytes, percent, seconds } from '../../parts/format.js';

/** Returns the last job of a device; undefined if it has had none. */
export const lastJob = (jobs: readonly FlashJob[], device: string): FlashJob | undefined =>
  jobs.findLast((job) => job.device === device);

export interface StepStanding {
  readonly step: FlashStep;
  readonly standing: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly ms?: number;
}

/** Tells how every step of a job stands; without a job, all of them wait. */
export function stepsOf(job: FlashJob | undefined): readonly StepStanding[] {
  const at = job === undefined ? -1 : FLASH_STEPS.indexOf(job.step);
  return FLASH_STEPS.map((step, index) => {
    const ms = job?.stepsMs[step];
    const standing =
      job === undefined || index > at ? 'waiting' : index < at || job.state === 'done' ? 'done' : job.state;
    return { step, standing, ...(ms === undefined ? {} : { ms }) };
  });
}

/** What a step does, while it does it. */
const DOING: Readonly<Record<FlashStep, string>> = {
  hello: 'says hello',
  erase: 'erases the slot',
  write: 'writes',
  verify: 'reads back and compares',
  'self-test': 'runs its golden vectors',
  confirm: 'confirms',
};

/** The share of its line that a rate takes. A pseudo terminal has no rate of its own and may be faster: undefined then. */
function lineShare(rate: number, about: AboutDevice | undefined): string | undefined {
  const line = about?.lineBytesPerSecond;
  return line === undefined || rate > line ? undefined : `${percent(rate / line)} of the line`;
}

/** Says how far a running job is: bytes, speed, time left. */
export function progressWords(job: FlashJob, about: AboutDevice | undefined): string {
  if (job.step !== 'write') return DOING[job.step];
  const { bytesPerSecond: rate, secondsLeft } = job;
  return [
    `${bytes(job.bytes)} of ${bytes(job.totalBytes)}`,
    rate === undefined ? undefined : `${bytes(rate)}/s`,
    rate === undefined ? undefined : lineShare(rate, about),
    secondsLeft === undefined ? undefined : `${seconds(secondsLeft)} left`,
  ]
    .filter((words) => words !== undefined)
    .join(' · ');
}

/** Says which circuit a device starts with, by what it last said. */
export const bootsWords = ({ activeSlot, slots }: AboutDevice): string =>
  activeSlot === undefined
    ? 'It boots no circuit.'
    : slots.at(activeSlot)?.state === 'confirmed'
      ? `Slot ${activeSlot} boots.`
      : `Slot ${activeSlot} runs on trial until the next reset.`;

/** Says what became of a job that is over. */
export function outcomeWords(job: FlashJob, about: AboutDevice | undefined): string {
  const { result, error, startedMs, endedMs = startedMs } = job;
  const old = about === undefined ? '' : ` ${bootsWords(about)}`;
  if (job.state === 'cancelled') return `Cancelled after ${bytes(job.bytes)} of ${bytes(job.totalBytes)}.${old}`;
  if (result === undefined) return error?.message ?? '';
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
  return [
    `Slot ${result.slot} runs it and boots (number ${result.sequence}, the highest)`,
    `${counted(result.goldenVectors, 'golden vector')} right on the board`,
    `${bytes(job.totalBytes)} in ${duration(endedMs - startedMs)}`,
    counted(result.resends, 'resend'),
  ].join(' · ');
}

/** The share of a job's bytes that are stored, 0 to 1. */
export const shareDone = ({ bytes: done, totalBytes }: FlashJob): number => done / Math.max(1, totalBytes);
