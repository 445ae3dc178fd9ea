import { expect, it } from 'vitest';
import { LeastRecent } from './least-recent.js';

it('the values that were used last are kept, and no more than asked for', () => {
  const kept = new LeastRecent<number>(2);
  kept.set('a', 1);
  kept.set('b', 2);
  kept.get('a');
  kept.set('c', 3);
  expect([kept.get('a'), kept.get('b'), kept.get('c')]).toEqual([1, undefined, 3]);
});
