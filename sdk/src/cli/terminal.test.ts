import { expect, it } from 'vitest';
import { shown, styled } from './terminal.js';

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
