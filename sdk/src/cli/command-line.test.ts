import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asPath, commandLine, option } from './command-line.js';

it('a shell takes the line apart into the same words, whatever characters they have', () => {
  const words = fc.array(
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', '')),
    {
      maxLength: 6,
    },
  );
  fc.assert(
    fc.property(words, (given) => {
      const line = commandLine(['printf', '%s\\0', 'first', ...given], 'linux');
      const bytes = execFileSync('sh', ['-c', line]).toString('utf8');
      expect(bytes.split('\0').slice(0, -1)).toEqual(['first', ...given].map((word) => Buffer.from(word).toString()));
    }),
    { numRuns: 60 },
  );
});

it('plain words stay plain, and a path is never taken for an option', () => {
  expect(commandLine(['adiabit', 'compile', 'out/digits.model.json', ...option('--data', undefined)], 'linux')).toBe(
    'adiabit compile out/digits.model.json',
  );
  expect(commandLine(['adiabit', asPath('-x'), ...option('--data', 'my data')], 'linux')).toBe(
    "adiabit ./-x --data 'my data'",
  );
  expect(commandLine(['adiabit', 'my "data"'], 'win32')).toBe('adiabit "my ""data"""');
});
