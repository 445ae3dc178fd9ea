import { resolve } from 'node:path';
import { runQueueWorker } from '../sweep/queue-worker.js';
import { percent } from '../text/format.js';
import { interruptSignal } from './interrupt.js';
import { describeOutcome } from './print/sweep.js';
import { createTerminal } from './terminal.js';

interface WorkerFlags {
  readonly redis: string;
  readonly workers: number;
  readonly folder: string;
  readonly work: string;
  readonly shared?: string;
}

/** Works on the queue until Ctrl-C. */
export async function workerAction({ redis, workers, folder, work, shared }: WorkerFlags): Promise<void> {
  const terminal = createTerminal(false);
  await runQueueWorker({
    url: redis,
    environment: process.env,
    workers,
    projectFolder: resolve(folder),
    workFolder: resolve(shared ?? work),
    isShared: shared !== undefined,
    signal: interruptSignal(),
    onBegin: ({ id, config }, epochsDone) =>
      terminal.say(`trial ${id.slice(0, 8)} of ${config.name}${epochsDone > 0 ? ` from epoch ${epochsDone + 1}` : ''}`),
    onEpoch: (id, { epoch, epochs, hardAccuracy }) =>
      terminal.say(`  trial ${id.slice(0, 8)}: epoch ${epoch} of ${epochs}, ${percent(hardAccuracy)}`),
    onEnd: (outcome) => terminal.say(describeOutcome(outcome)),
  });
}
