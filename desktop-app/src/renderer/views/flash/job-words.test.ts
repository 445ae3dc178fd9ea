import { describe, expect, it } from 'vitest';
import type { FlashJob } from '../../../common/contract/flashing.js';
import type { AboutDevice } from '../../../common/contract/devices.js';
import { outcomeWords, progressWords, stepsOf } from './job-words.js';

const job: FlashJob = {
  id: '1',
  device: 'd',
  bitstream: 'b',
  state: 'running',
  step: 'write',
  stepsMs: { hello: 12, erase: 800 },
  bytes: 30_000,
  totalBytes: 60_000,
  bytesPerSecond: 9000,
  secondsLeft: 3.3,
  startedMs: 0,
};
const about = {
  lineBytesPerSecond: 11_520,
  activeSlot: 0,
  slots: [{ state: 'confirmed' }, {}],
} as unknown as AboutDevice;

describe('a job in words', () => {
  it('says bytes, speed, share of the line and time left while it writes', () => {
    expect(progressWords(job, about)).toBe('30.0 kB of 60.0 kB · 9.00 kB/s · 78 % of the line · 3.3 s left');
  });

  it('says no share of a line that has no rate of its own, such as a pseudo terminal', () => {
    expect(progressWords({ ...job, bytesPerSecond: 900_000 }, about)).not.toContain('line');
    expect(progressWords(job, undefined)).not.toContain('line');
  });

  it('has every step with how it stands and how long it took', () => {
    expect(stepsOf(job).map(({ step, standing, ms }) => [step, standing, ms])).toEqual([
      ['hello', 'done', 12],
      ['erase', 'done', 800],
      ['write', 'running', undefined],
      ['verify', 'waiting', undefined],
      ['self-test', 'waiting', undefined],
      ['confirm', 'waiting', undefined],
    ]);
    expect(stepsOf(undefined).every(({ standing }) => standing === 'waiting')).toBe(true);
    expect(stepsOf({ ...job, state: 'failed' })[2].standing).toBe('failed');
  });

  it('says what became of it, and what boots', () => {
    const done: FlashJob = {
      ...job,
      state: 'done',
      endedMs: 2700,
      result: { slot: 1, goldenVectors: 8, sequence: 3, resends: 1 },
    };
    expect(outcomeWords(done, about)).toBe(
      'Slot 1 runs it and boots (number 3, the highest) · 8 golden vectors right on the board · 60.0 kB in 2.7 s · 1 resend',
    );
    expect(outcomeWords({ ...job, state: 'cancelled' }, about)).toBe(
      'Cancelled after 30.0 kB of 60.0 kB. Slot 0 boots.',
    );
  });
});
