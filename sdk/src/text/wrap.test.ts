import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrapLines } from './wrap.js';

describe('wrapping lines', () => {
  it('leaves what fits, and puts the rest of a line below its second column', () => {
    expect(wrapLines('short\n  also short', 20)).toBe('short\n  also short');
    expect(wrapLines('  --seed <n>  same seed and same bytes', 28)).toBe(
      '  --seed <n>  same seed and\n              same bytes',
    );
    expect(wrapLines('one two three', 8)).toBe('one two\n  three');
  });

  it('gives escape sequences no room', () => {
    expect(wrapLines('\x1b[31merror\x1b[39m one', 9)).toBe('\x1b[31merror\x1b[39m one');
  });

  it('breaks no word, loses none, and passes the edge with single words only', () => {
    const line = fc.array(fc.stringMatching(/^[a-z-]{1,30}$/), { maxLength: 30 });
    fc.assert(
      fc.property(
        line,
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 20, max: 100 }),
        (words, indent, columns) => {
          const wrapped = wrapLines(' '.repeat(indent) + words.join(' '), columns);
          expect(wrapped.split(/\s+/).filter((word) => word !== '')).toEqual(words);
          for (const one of wrapped.split('\n'))
            expect(one.length <= columns || one.trim().split(' ').length === 1).toBe(true);
        },
      ),
    );
  });
});
