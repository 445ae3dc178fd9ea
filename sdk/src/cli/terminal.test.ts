import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { createTerminal, shown, styled } from './terminal.js';

afterEach(() => void vi.restoreAllMocks());

const stream = (isTTY: boolean) => ({ isTTY });
const HOSTILE = '\x1b[2K\x1b[1A\u202eok\x9b31m\r';

it('a terminal gets no escape sequences but those of our own styles', () => {
  delete process.env['NO_COLOR'];
  const line = shown([`board ${HOSTILE}\nsecond line`, styled('red', `failed ${HOSTILE}`)], stream(true));
  const [red, plain] = ['\x1b[31m', '\x1b[39m'];
  expect(line).toContain(`${red}failed`);
  const rest = line.replace(red, '').replace(plain, '').replace('\n', '');
  expect(rest).toMatch(/^[^\p{Cc}\u202e]+$/u);
  expect(line).toContain('\\x1b[2K\\x1b[1A\\u202eok\\x9b31m\\r\nsecond line');
});

it('a pipe gets none at all', () => {
  expect(shown(['one ', styled('green', 'two')], stream(false))).toBe('one two');
  expect(shown([HOSTILE], stream(false))).toMatch(/^[^\p{Cc}\u202e]+$/u);
});

it('where no terminal shows a bar, progress is a line every five seconds, and none while lines are said', () => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { isTTY } = process.stderr;
  process.stderr.isTTY = false;
  onTestFinished(() => {
    process.stderr.isTTY = isTTY;
  });
  let nowMs = 0;
  const terminal = createTerminal(false, false, () => nowMs);
  const bar = terminal.progress('simulate');
  for (let second = 0; second <= 12; second++) {
    nowMs = 1000 * second;
    bar.update(second, 12, `second ${second}`);
  }
  expect(told.mock.calls.map(([text]) => text)).toEqual(['  simulate 41 % second 5\n', '  simulate 83 % second 10\n']);
  terminal.say('something else');
  nowMs += 4000;
  bar.update(12, 12);
  expect(told).toHaveBeenCalledTimes(2);
});
