import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominates, paretoFront } from './pareto.js';

const networks = [
  { name: 'small', accuracy: 0.8, costs: [10, 100] },
  { name: 'large', accuracy: 0.9, costs: [20, 200] },
  { name: 'wasteful', accuracy: 0.85, costs: [20, 200] },
  { name: 'slow', accuracy: 0.8, costs: [10, 150] },
  { name: 'twin', accuracy: 0.8, costs: [10, 100] },
];

test('the front has what no other beats, and equals together', () => {
  expect(paretoFront(networks).map(({ name }) => name)).toEqual(['small', 'large', 'twin']);
});

test('everything outside the front is beaten by something on it, and nothing on it is', () => {
  const cost = fc.integer({ min: 0, max: 5 });
  const some = fc.array(fc.record({ accuracy: cost, costs: fc.tuple(cost, cost) }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(some, (all) => {
      const front = paretoFront(all);
      for (const one of all) expect(front.includes(one)).toBe(!front.some((other) => dominates(other, one)));
    }),
  );
});
