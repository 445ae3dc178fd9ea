/** How a command that failed says so. */
import { CommanderError } from 'commander';
import { AdiabitError, ERROR_CODES, EXIT_CODES, type ErrorDetails } from '@adiabit/simulator/errors';
import { visible, visibleJson } from '@adiabit/simulator/text';
import { isSystemError, reasonOf } from '../files/reasons.js';
import { commandLine } from './command-line.js';
import { fitted, shown, styled, type Shower } from './terminal.js';

export interface Failure {
  readonly exitCode: number;
  readonly code: string;
  /** One sentence or several, in one line; names in it are as they are. */
  readonly message: string;
  /** The places in the code where a fault of Adiabit itself happened. */
  readonly stack: readonly string[];
  readonly details: ErrorDetails;
}

export function describeFailure(error: unknown): Failure {
  const plain = { details: {}, stack: [] };
  if (error instanceof AdiabitError) {
    const { code, details } = error;
    const message = [error.message, ...flagHints(error)].join(' ');
    return { ...plain, exitCode: ERROR_CODES[code].exitCode, code, message, details };
  }
  if (error instanceof CommanderError) {
    return { ...plain, exitCode: ERROR_CODES.usage.exitCode, code: 'usage', message: error.message };
  }
  if (isSystemError(error)) {
    const code = `system.${error.code.toLowerCase()}`;
    const where = error.path ?? 'A file or device';
    const message = `${where} cannot be used: ${reasonOf(error)}.`;
    return { ...plain, exitCode: ERROR_CODES['system.*'].exitCode, code, message };
  }
  const isError = error instanceof Error;
  const message = isError ? `${error.name}: ${error.message}` : String(error);
  const { exitCode } = ERROR_CODES.internal;
  return { ...plain, exitCode, code: 'internal', message, stack: isError ? placesOf(error) : [] };
}

/**
 * Says in flags and commands what an error's advice is about: its `options` are names of a workflow's options, with a
 * value where the advice has one (`form=folded`).
 */
function flagHints({ code, details }: AdiabitError): readonly string[] {
  const { options, board, boards, path } = details;
  // With a path an image is missing; without one, building it has failed.
  if (code === 'board.not-built' && typeof board === 'string' && path !== undefined) {
    const also = typeof boards === 'string' ? ['--boards', boards] : [];
    return [`Build it: ${commandLine(['adiabit', 'build-board', board, ...also])}`];
  }
  if (!Array.isArray(options)) return [];
  const flags = options.map((option) => `--${kebab(String(option)).replace('=', ' ')}`);
  return [`See ${flags.join(', ')}.`];
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Returns the stack without the message that it repeats, whose names could look like places. */
function placesOf({ message, stack = '' }: Error): readonly string[] {
  const behind = stack.indexOf(message) + message.length;
  return stack.slice(behind).split('\n').slice(1);
}

/**
 * Returns one clear sentence for stderr. Whatever a name in it holds, it makes no line of its own: our messages have
 * one line, and a stack follows in lines of its own. What a terminal has no room for goes on further in.
 */
export function failureText({ exitCode, code, message, stack }: Failure, stream: Shower): string {
  const title = exitCode === EXIT_CODES.internal ? 'This is a fault of Adiabit itself, please report it:' : 'error';
  const lines = [` ${visible(message)} [${code}]`, ...stack.map(visible)];
  return fitted(shown([styled('red', title), `${lines.join('\n')}\n`], stream), stream);
}

/** Returns the same for scripts that asked for JSON. */
export const failureJson = ({ code, message, details }: Failure): string =>
  `${visibleJson({ error: { code, message, details } })}\n`;

/** What Commander adds to a message, in a line of its own. */
const suggestion = /\n\(Did you mean [^\n]*\?\)$/;

/** Returns Commander's own messages, with whatever words the user gave. */
export function usageText(text: string): string {
  const message = text.replace(/\n$/, '');
  const [hint = ''] = suggestion.exec(message) ?? [];
  return `${visible(message.slice(0, message.length - hint.length))}${hint && `\n${visible(hint.slice(1))}`}\n`;
}
