import fc from 'fast-check';
import { expect, test } from 'vitest';
import { permutation, Random } from './random.js';

test('the numbers are those of the published C code of sfc32', () => {
  const random = Random.fromState([1, 2, 3, 4]);
  const words = Array.from({ length: 1000 }, () => random.nextWord());
  expect(words.slice(0, 6)).toEqual([7, 34, 56623200, 188882296, 3431242869, 399395954]);
  expect(words[999]).toBe(1810128320);
});

test('a generator goes on from its state as if it had not stopped', () => {
  const random = Random.fromSeed(7);
  for (let index = 0; index < 10; index++) random.nextWord();
  const copy = Random.fromState(JSON.parse(JSON.stringify(random.state)) as [number, number, number, number]);
  expect(Array.from({ length: 20 }, () => copy.nextWord())).toEqual(
    Array.from({ length: 20 }, () => random.nextWord()),
  );
});

test('seeds and streams are different sequences', () => {
  const first = [
    Random.fromSeed(1),
    Random.fromSeed(2),
    Random.fromSeed(-1),
    Random.fromSeed(2 ** 32 + 1),
    Random.fromSeed(1, 'order'),
  ].map((random) => random.nextWord());
  expect(new Set(first).size).toBe(first.length);
});

test('uniform numbers stay in their range and fill it evenly', () => {
  const random = Random.fromSeed(3);
  const counts = new Array<number>(10).fill(0);
  for (let index = 0; index < 10_000; index++) {
    const value = random.uniform(-2, 3);
    expect(value >= -2 && value < 3).toBe(true);
    counts[Math.floor((value + 2) * 2)]++;
  }
  // Binomial(10,000, 0.1) has a standard deviation of 30.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('a permutation holds every index once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.integer(), (count, seed) => {
      const order = permutation(count, Random.fromSeed(seed));
      expect([...order].sort((left, right) => left - right)).toEqual(
        Array.from({ length: count }, (_, index) => index),
      );
    }),
    { seed: 1 },
  );
});

test('every order of three comes about equally often', () => {
  const random = Random.fromSeed(5);
  const counts = new Map<string, number>();
  for (let index = 0; index < 6000; index++) {
    const order = permutation(3, random).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
