#!/usr/bin/env node
import { CommanderError } from 'commander';
import { AdiabitError, CancelledError } from '@adiabit/simulator';
import { createProgram } from './program.js';
import { styled } from './terminal.js';

/** Exit codes: 0 done, 1 a failure Adiabit explains, 2 wrong usage, 130 cancelled, 70 a fault of Adiabit itself. */
const EXIT = { failure: 1, usage: 2, internal: 70, cancelled: 130 } as const;

async function main(): Promise<void> {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    process.exitCode = explain(error);
  }
}

/** Says on stderr what went wrong, as one clear sentence, or as JSON where a script asked for JSON. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  if (error instanceof AdiabitError) {
    const { code, message, details } = error;
    if (process.argv.includes('--json'))
      process.stdout.write(JSON.stringify({ error: { code, message, details } }) + '\n');
    process.stderr.write(`${styled('red', 'error')} ${message} [${code}]\n`);
    return error instanceof CancelledError ? EXIT.cancelled : EXIT.failure;
  }
  if (error instanceof Error && error.name === 'AbortError') return EXIT.cancelled;
  if (isSystemError(error)) {
    process.stderr.write(`${styled('red', 'error')} ${error.message} [system.${error.code.toLowerCase()}]\n`);
    return EXIT.failure;
  }
  process.stderr.write(`${styled('red', 'This is a fault of Adiabit itself.')} Please report it:\n`);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.internal;
}

/** A file or folder that the operating system would not let us use. */
const isSystemError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';

await main();
