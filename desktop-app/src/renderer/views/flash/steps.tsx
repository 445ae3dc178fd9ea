import type { FlashJob } from '../../../common/contract/flashing.js';
import { duration } from '../../parts/duration.js';
import { percent } from '../../parts/format.js';
import { shareDone, stepsOf, type StepStanding } from './job-words.js';

const SIGNS: Readonly<Record<StepStanding['standing'], string>> = {
  waiting: '',
  running: '',
  done: '✓',
  failed: '✕',
  cancelled: '!',
};

/** The steps of a job in a row, with the time that each took. */
export const Steps = ({ job }: { readonly job: FlashJob | undefined }) => (
  <ol class="steps" aria-label="Steps">
    {stepsOf(job).map(({ step, standing, ms }) => (
      <li key={step} class={standing} aria-current={standing === 'running' ? 'step' : undefined}>
        <span class="step">
          {step} <b class="sign">{SIGNS[standing]}</b>
        </span>
        <span class="time">
          {ms !== undefined
            ? duration(ms)
            : standing === 'running'
              ? step === 'write' && job
                ? percent(shareDone(job))
                : '…'
              : ''}
        </span>
      </li>
    ))}
  </ol>
);
