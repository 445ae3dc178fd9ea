import { CommanderError } from 'commander';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { AdiabitError, CompileError, DataError } from '@adiabit/simulator/errors';
import { visible } from '@adiabit/simulator/text';
import { BoardError } from '../boards/errors.js';
import { describeFailure, failureJson, failureText } from './failure.js';
import { createProgram } from './program.js';

const hostile = fc
  .array(
    fc.constantFrom(
      'a',
      ' ',
      '\n',
      '\r',
      '\t',
      '\x1b[2K',
      '\u2028',
      '\u2029',
      '\u0085',
      '\u202e',
      '\v',
      '\f',
      'error ',
      '    at ',
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));

const pipe = { isTTY: false };
/** Lines as terminals, editors and readers of Unicode count them. */
const linesOf = (text: string): readonly string[] => text.replace(/\n$/, '').split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
const isPlain = (line: string): boolean => visible(line) === line;

afterEach(() => vi.restoreAllMocks());

test('a name in a message makes no line of its own, wherever the error came from', () => {
  fc.assert(
    fc.property(hostile, (name) => {
      const unreadable = Object.assign(new Error('open'), { code: 'ENOENT', syscall: 'open', path: name });
      const failures = [
        new AdiabitError('data.bad-value', `${name} is no folder.`),
        new DataError('not-found', `The class ${name} is empty.`, { class: name }),
        unreadable,
        `thrown as text: ${name}`,
      ];
      for (const error of failures) {
        const lines = linesOf(failureText(describeFailure(error), pipe));
        expect(lines).toHaveLength(1);
        expect(lines[0]).toContain(visible(name));
        expect(isPlain(lines[0])).toBe(true);
      }
    }),
  );
});

test('a fault of our own shows its places, and no name can add one', () => {
  fc.assert(
    fc.property(hostile, (name) => {
      const error = new TypeError(`cannot read ${name}\n    at forged (/etc/passwd:1:1)`);
      const lines = linesOf(failureText(describeFailure(error), pipe));
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.slice(1).join('\n')).not.toContain('forged');
      expect(lines.every(isPlain)).toBe(true);
    }),
  );
});

test('an error that names options of a workflow gets the flags of this command line', () => {
  const wide = new CompileError('budget-exceeded', 'It is too large.', { options: ['form=folded', 'flashBytes'] });
  expect(describeFailure(wide).message).toBe('It is too large. See --form folded, --flash-bytes.');
  const unbuilt = new BoardError('not-built', 'There is no image.', {
    board: 'uno',
    path: 'uno.hex',
    boards: 'my boards',
  });
  expect(describeFailure(unbuilt).message).toBe(
    "There is no image. Build it: adiabit build-board uno --boards 'my boards'",
  );
  const failed = new BoardError('not-built', 'The compiler failed.', { board: 'uno' });
  expect(describeFailure(failed).message).toBe('The compiler failed.');
});

test('JSON says the same with the name as it is', () => {
  fc.assert(
    fc.property(hostile, (name) => {
      const text = failureJson(describeFailure(new DataError('bad-value', `No ${name}.`, { name })));
      expect(linesOf(text)).toHaveLength(1);
      expect(JSON.parse(text)).toEqual({
        error: { code: 'data.bad-value', message: `No ${name}.`, details: { name } },
      });
    }),
  );
});

test.each([
  ['an unknown command', (word: string) => [`x${word}`]],
  ['an unknown option', (word: string) => ['train', `--x${word}`]],
  ['a value that an option does not take', (word: string) => ['train', '--seed', `x${word}`]],
  ['a name for a network', (word: string) => ['export', 'file.abit', '--name', `1${word}`]],
])('%s is told of in one line, then how to get help', async (_, argumentsOf) => {
  await fc.assert(
    fc.asyncProperty(hostile, async (word) => {
      const written: string[] = [];
      vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
      const parsed = createProgram().parseAsync(argumentsOf(word), { from: 'user' });
      await expect(parsed).rejects.toBeInstanceOf(CommanderError);
      const lines = linesOf(written.join(''));
      expect(lines[0]).toMatch(/^error: /);
      // What is like an option that there is brings a suggestion, in words of ours.
      const rest = lines.slice(1).filter((line) => !/^\(Did you mean /.test(line));
      expect(rest).toEqual(['(add --help to see what it takes)']);
      expect(lines.every(isPlain)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('a suggestion of what was meant stays in a line of its own', async () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  await expect(createProgram().parseAsync(['train', '--seedd'], { from: 'user' })).rejects.toThrow();
  expect(linesOf(written.join('')).slice(0, 2)).toEqual(["error: unknown option '--seedd'", '(Did you mean --seed?)']);
});
