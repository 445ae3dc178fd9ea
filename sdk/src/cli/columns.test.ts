import type { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ERROR_CODES, EXIT_CODES } from '@adiabit/simulator/errors';
import { failureText } from './failure.js';
import { createProgram } from './program.js';

afterEach(() => void vi.restoreAllMocks());

const WIDTHS = [80, 40];

const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)];
const names = all(createProgram()).map((command) => command.name());

/** What `--help` of a command prints on a terminal of that width. */
function helpOf(name: string, columns: number): string {
  let shown = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    shown += String(text);
    return true;
  });
  all(createProgram(columns))
    .find((command) => command.name() === name)!
    .outputHelp();
  vi.restoreAllMocks();
  return shown;
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** Lines that are too long although they could be broken at a space. */
const tooLong = (text: string, columns: number): readonly string[] =>
  text.split('\n').filter((line) => line.length > columns && words(line).length > 1);

describe.each(WIDTHS)('on a terminal of %i columns', (columns) => {
  it.each(names)('the help of %s keeps to them and breaks no word', (name) => {
    const help = helpOf(name, columns);
    expect(help.length).toBeGreaterThan(20);
    expect(tooLong(help, columns)).toEqual([]);
    expect(words(help)).toEqual(words(helpOf(name, 1000)));
  });

  it.each(Object.entries(ERROR_CODES))('the advice about %s does', (code, { advice }) => {
    const failure = { exitCode: EXIT_CODES.failure, code, message: `${advice} ${advice}`, stack: [], details: {} };
    const text = failureText(failure, { isTTY: true, columns }).replaceAll(/\x1b\[\d+m/g, '');
    expect(tooLong(text, columns)).toEqual([]);
    expect(words(text)).toEqual(words(`error ${failure.message} [${code}]`));
  });
});

it('an error stays one line where no terminal shows it', () => {
  const failure = {
    exitCode: EXIT_CODES.failure,
    code: 'usage',
    message: 'word '.repeat(60).trim(),
    stack: [],
    details: {},
  };
  expect(failureText(failure, { isTTY: false, columns: 80 }).split('\n')).toHaveLength(2);
});
