import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PARTS, splitRecordings, type Member } from './split-recordings.js';

/** Recordings of one class or of two, each with some examples. */
const recordings = fc
  .array(
    fc.record({
      label: fc.integer({ min: 0, max: 2 }),
      other: fc.integer({ min: 0, max: 2 }),
      size: fc.integer({ min: 1, max: 9 }),
    }),
    {
      minLength: 0,
      maxLength: 40,
    },
  )
  .map((more) => {
    const enough = [0, 1, 2].flatMap((label) => Array.from({ length: 4 }, () => ({ label, other: label, size: 2 })));
    return [...enough, ...more].flatMap(({ label, other, size }, index): Member[] =>
      Array.from({ length: size }, (_, at) => ({ recording: `r${index}`, label: at % 2 === 0 ? label : other })),
    );
  });

test('no recording is in two parts, and every class is in each, for any recordings and seed', () => {
  fc.assert(
    fc.property(recordings, fc.integer({ min: 0, max: 999 }), (members, seed) => {
      const parts = splitRecordings(members, ['a', 'b', 'c'], { seed });
      const partOf = new Map<string, string>();
      members.forEach(({ recording }, index) => {
        expect(partOf.get(recording) ?? parts[index]).toBe(parts[index]);
        partOf.set(recording, parts[index]);
      });
      for (const part of PARTS) {
        const labels = new Set(members.filter((_, index) => parts[index] === part).map(({ label }) => label));
        expect([...labels].sort()).toEqual([0, 1, 2]);
      }
      expect(splitRecordings(members, ['a', 'b', 'c'], { seed })).toEqual(parts);
    }),
  );
});

test('equal recordings are shared out in proportion, class by class, and another seed takes others', () => {
  const members = Array.from({ length: 200 }, (_, index) => ({ recording: `r${index}`, label: index % 2 }));
  const split = { validation: 0.1, test: 0.2 };
  const parts = splitRecordings(members, ['a', 'b'], split);
  for (const label of [0, 1]) {
    const counts = PARTS.map(
      (part) => members.filter((one, index) => one.label === label && parts[index] === part).length,
    );
    expect(counts).toEqual([70, 20, 10]);
  }
  expect(splitRecordings(members, ['a', 'b'], { ...split, seed: 2 })).not.toEqual(parts);
});

test('a class with fewer recordings than parts is refused by name', () => {
  const members = ['a', 'b', 'c', 'd', 'e'].map((recording, index) => ({ recording, label: index < 3 ? 0 : 1 }));
  expect(() => splitRecordings(members, ['wave', 'still'])).toThrow(
    expect.objectContaining({
      code: 'data.too-few-recordings',
      message: expect.stringContaining('class still has 2 recordings') as string,
    }),
  );
});

test('shares that leave nothing to learn from are refused', () => {
  expect(() => splitRecordings([], [], { validation: 0.5, test: 0.5 })).toThrow('leave nothing to learn from');
});
