import { expect, test } from 'vitest';
import { undoMedianEdge } from './median-edge.js';

test('pixels come back from their predictions, plane by plane', () => {
  // Pixels 10 20 5 / 30 25 200: predicted 0, 10, 20 / 10, 30 (corner low: the higher), 5 (corner between: 25 + 5 - 20).
  const stored = [10, 10, 241, 20, 251, 190];
  const planes = Uint8Array.from([...stored, ...stored]);
  undoMedianEdge(planes, 2, 3);
  expect([...planes]).toEqual([10, 20, 5, 30, 25, 200, 10, 20, 5, 30, 25, 200]);
});
