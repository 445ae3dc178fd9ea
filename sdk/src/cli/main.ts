import { CommanderError } from 'commander';
import { AdiabitError, CancelledError, visibleJson, type ErrorDetails } from '@adiabit/simulator';
import { isSystemError, reasonOf } from '../files/reasons.js';
import { createProgram } from './program.js';
import { shown, styled } from './terminal.js';

/** Exit codes: 0 done, 1 a failure Adiabit explains, 2 wrong usage, 130 cancelled, 70 a fault of Adiabit itself. */
const EXIT = { failure: 1, usage: 2, internal: 70, cancelled: 130 } as const;

interface Failure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
}

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
    const failure = describe(error);
    process.exitCode = failure.exitCode;
    explain(failure, error);
  }
}

function describe(error: unknown): Failure {
  const details = {};
  if (error instanceof AdiabitError) {
    const exitCode = error instanceof CancelledError ? EXIT.cancelled : EXIT.failure;
    return { exitCode, code: error.code, message: error.message, details: error.details };
  }
  if (error instanceof CommanderError) return { exitCode: EXIT.usage, code: 'usage', message: error.message, details };
  if (isSystemError(error)) {
    const code = `system.${error.code.toLowerCase()}`;
    const where = error.path ?? 'A file or device';
    return { exitCode: EXIT.failure, code, message: `${where} cannot be used: ${reasonOf(error)}.`, details };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: EXIT.internal, code: 'internal', message, details };
}

/** One clear sentence on stderr; the same as JSON on stdout where a script asked for JSON. */
function explain({ exitCode, code, message, details }: Failure, error: unknown): void {
  if (process.argv.includes('--json')) process.stdout.write(visibleJson({ error: { code, message, details } }) + '\n');
  // Commander has printed its own message by now.
  if (error instanceof CommanderError) return;
  const title = exitCode === EXIT.internal ? 'This is a fault of Adiabit itself, please report it:' : 'error';
  process.stderr.write(shown([styled('red', title), ` ${message} [${code}]\n`], process.stderr));
}

await main();
