import { CommanderError } from 'commander';
import { describeFailure, failureJson, failureText } from './failure.js';
import { createProgram } from './program.js';

async function main(): Promise<void> {
  // A reader that has seen enough (a pipe into head) must not stop the work.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  try {
    await createProgram().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const failure = describeFailure(error);
    process.exitCode = failure.exitCode;
    if (process.argv.includes('--json')) process.stdout.write(failureJson(failure));
    // Commander has printed its own message by now.
    if (!(error instanceof CommanderError)) process.stderr.write(failureText(failure, process.stderr));
  }
}

await main();
