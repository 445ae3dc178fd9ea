import { availableParallelism } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { threadsWorth } from './worth.js';

const number = fc.integer({ min: 0, max: 10_000 });

test('threads are at least one, and no more than wanted, than cores, and than pieces of work', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      number,
      fc.integer({ min: 1, max: 64 }),
      (wanted, pieces, cores) => {
        const threads = threadsWorth({ wanted, pieces, cores });
        expect(threads).toBe(Math.max(1, [wanted, pieces, cores].sort((left, right) => left - right)[0]));
      },
    ),
  );
});

test('without a wish there is one a core', () => {
  expect(threadsWorth({ pieces: 1e9 })).toBe(availableParallelism());
  expect(threadsWorth({ pieces: 1e9, wanted: 1e9 })).toBe(availableParallelism());
});
