/** The process that trains: it runs the trials that the process which forked it sends, one at a time, and ends with it. */
import { AdiabitError } from '@adiabit/simulator/errors';
import { readJob, writeOutcome } from './messages.js';
import { createTrialRunner } from './trial.js';
import type { FromTrial, ToTrial } from './worker-process.js';

const runTrial = createTrialRunner();
let stop = new AbortController();

const send = (message: FromTrial): void => void process.send?.(message, () => undefined);

async function run({ job, folder, projectFolder }: Extract<ToTrial, { readonly kind: 'run' }>): Promise<void> {
  stop = new AbortController();
  try {
    const outcome = await runTrial(readJob(job, { isForeign: false }), {
      folder,
      projectFolder,
      signal: stop.signal,
      onEpoch: ({ epoch, epochs, hardAccuracy }) => send({ kind: 'epoch', epoch: { epoch, epochs, hardAccuracy } }),
    });
    send({ kind: 'outcome', outcome: writeOutcome(outcome) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    send(
      error instanceof AdiabitError
        ? { kind: 'error', code: error.code, message, details: error.details }
        : { kind: 'error', message: error instanceof Error ? (error.stack ?? message) : message },
    );
  }
}

process.on('message', (message: ToTrial) => {
  if (message.kind === 'run') void run(message);
  else stop.abort();
});
process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of a terminal: the one that forked this one decides.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
