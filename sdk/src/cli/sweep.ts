import { copyFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { listTrials, openSweep, runOneTrial, runSweep, type OpenedSweep, type SweepEvents } from '../sweep/sweep.js';
import { describeOutcome, printSwept } from './print/sweep.js';
import { createTerminal, type Terminal } from './terminal.js';
import { watch } from './watch.js';

export interface SweepFlags {
  readonly out?: string;
  readonly workers?: number;
  readonly redis?: string;
  readonly slurm?: string;
  readonly trial?: string;
  readonly json?: string;
}

/** Runs a sweep, or the part of it that flags name. */
export async function sweepAction(config: string | undefined, flags: SweepFlags, _command: Command): Promise<void> {
  const terminal = createTerminal(false);
  await watch(terminal, async ({ observer, signal }) => {
    const swept = await openSweep({ config, folder: flags.out, observer, signal });
    if (flags.slurm !== undefined) return writeArray(swept, flags.slurm, flags.out, config, terminal);
    if (flags.trial !== undefined) {
      const outcome = await runOneTrial(swept, flags.trial, { signal });
      terminal.say(describeOutcome(outcome));
      return;
    }
    const events = tellOn(terminal);
    const executor = flags.redis === undefined ? undefined : await queueFor(swept, flags.redis, events, signal);
    try {
      const done = await runSweep(swept, { ...events, executor, signal, workers: flags.workers });
      events.stop();
      printSwept(terminal, done);
      if (flags.json !== undefined) await copyFile(done.files.json, flags.json);
    } finally {
      events.stop();
    }
  });
}

async function queueFor(swept: OpenedSweep, url: string, events: SweepEvents, signal: AbortSignal) {
  const { createQueueExecutor } = await import('../sweep/queue-executor.js');
  return createQueueExecutor({ ...events, swept, url, environment: process.env, signal });
}

async function writeArray(
  swept: OpenedSweep,
  folder: string,
  out: string | undefined,
  config: string | undefined,
  terminal: Terminal,
): Promise<void> {
  const { writeSlurmArray } = await import('../sweep/slurm.js');
  const script = await writeSlurmArray(folder, { swept, trials: listTrials(swept), config, out });
  terminal.say(`next: sbatch ${script}`);
}

/** Shows a bar over all trials, and a line for each that has ended. */
function tellOn(terminal: Terminal): SweepEvents & { stop(): void } {
  const bar = terminal.progress('trials');
  let [done, atMost, epochs] = [0, 0, 0];
  const show = (): void => bar.update(done, atMost, `${done} of ${atMost}, ${epochs} epochs trained`);
  return {
    onProgress: (now, all) => {
      [done, atMost] = [now, all];
      show();
    },
    onEpoch: () => {
      epochs++;
      show();
    },
    onAgain: (id) => {
      bar.stop();
      terminal.say(`  trial ${id.slice(0, 8)}: its process ended; it goes on in another one`);
    },
    onOutcome: (_trial, outcome) => {
      bar.stop();
      terminal.say(describeOutcome(outcome));
    },
    stop: () => bar.stop(),
  };
}
