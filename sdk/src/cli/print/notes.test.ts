import { expect, test } from 'vitest';
import { noteLines } from './notes.js';

test('polishing that does not apply is told, with its reason', () => {
  expect(noteLines({ kind: 'not-polished', reason: 'it has convolutions' })).toEqual([
    'not polished, though the recipe asks for it: it has convolutions',
  ]);
});

test('a sweep and what polishing reached are a line each', () => {
  const sweep = { sweep: 1, kept: 1200, loss: 0.25, validationAccuracy: 0.5, isBest: true };
  expect(noteLines({ kind: 'sweep', sweep })).toEqual(['  sweep 1  1,200 changes kept  loss 0.2500  hard 50.00 %*']);
  expect(noteLines({ kind: 'polished', testAccuracy: 0.9, bestSweep: 0, seconds: 2 })).toEqual([
    'test accuracy: 90.00 % polished (unchanged); 2.0 s',
  ]);
});

test('what was fitted to the data says so', () => {
  expect(noteLines({ kind: 'classes-fitted', classes: 2 })).toEqual(['2 classes, so the last layer has 2 outputs']);
  expect(noteLines({ kind: 'inputs-centred', examples: 1200, divisor: 64 })[0]).toMatch(
    /^inputs: each less its mean over the 1,200 training examples, divided by 64 \(--no-normalize/,
  );
});
