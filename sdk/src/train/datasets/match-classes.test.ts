import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Examples } from './dataset.js';
import { matchClasses } from './match-classes.js';

const examplesOf = (labels: readonly number[], classes: number): Examples => ({
  count: labels.length,
  shape: [1],
  classes,
  values: new Uint8Array(labels.length),
  labels: Uint8Array.from(labels),
});

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 20 });

test('a label is the output of its name, whatever the order of the classes and however many the data have', () => {
  fc.assert(
    fc.property(
      names.chain((known) => fc.tuple(fc.constant(known), fc.shuffledSubarray(known, { minLength: 1 }))),
      fc.array(fc.nat(), { minLength: 1, maxLength: 30 }),
      ([known, classNames], numbers) => {
        const given = numbers.map((number) => number % classNames.length);
        const data = { test: examplesOf(given, classNames.length), classNames, source: 'folder' };
        const { labels, doubts } = matchClasses(data, { network: 'n', outputs: known.length, classNames: known });
        expect(Array.from(labels, (label) => known[label])).toEqual(given.map((label) => classNames[label]));
        expect(doubts).toEqual([]);
      },
    ),
  );
});

test('a class that the network was not trained on is refused by its name', () => {
  const data = { test: examplesOf([0, 1], 2), classNames: ['oak', 'elm'], source: 'trees' };
  const network = { network: 'leaves', outputs: 2, classNames: ['oak', 'ash'] };
  expect(() => matchClasses(data, network)).toThrow('trees has the class elm, but "leaves" was trained on oak, ash.');
  // Numbers of an IDX set say nothing of names.
  expect(() => matchClasses({ ...data, classNames: ['0', '1'] }, network)).toThrow('has the class 0');
});

test('without names only numbers can be matched: with a warning, and never more classes than outputs', () => {
  const network = { network: 'old', outputs: 2 };
  const named = { test: examplesOf([0, 1], 2), classNames: ['oak', 'elm'], source: 'trees' };
  expect(matchClasses(named, network).doubts).toEqual([
    '"old" does not say what its classes are called: output 0 is taken for oak, and so on.',
  ]);
  expect(matchClasses({ ...named, classNames: ['0', '1'] }, network).doubts).toEqual([]);
  expect(() => matchClasses({ ...named, test: examplesOf([0], 3) }, network)).toThrow('3 classes, but "old" has 2');
});
