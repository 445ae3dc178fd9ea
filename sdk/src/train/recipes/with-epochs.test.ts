import { describe, expect, it } from 'vitest';
import { countEpochs, expandSchedule } from '../schedules/schedules.js';
import { findRecipe } from './families.js';
import { withEpochs } from './with-epochs.js';

const demo = findRecipe('mnist-demo')!;

describe('withEpochs', () => {
  it.each([1, 2, 5, 16, 40])('takes the same course in %i epochs, as sharp at its end', (epochs) => {
    const { schedule } = withEpochs(demo, epochs);
    const sharpness = expandSchedule(schedule as Parameters<typeof expandSchedule>[0]).map(({ kWeight }) => kWeight);
    expect(countEpochs(schedule)).toBe(epochs);
    expect(sharpness.at(-1)).toBe(999);
    if (epochs > 1) expect(sharpness[0]).toBe(3);
    expect(sharpness).toEqual([...sharpness].sort((a, b) => a - b));
  });

  it('leaves a recipe of as many epochs as it is', () => {
    expect(withEpochs(demo, 16)).toBe(demo);
  });

  it('refuses a schedule that decides on the way, and what is no number of epochs', () => {
    expect(() => withEpochs(findRecipe('dog-cat-both-authors')!, 10)).toThrow(/decides on the way/);
    expect(() => withEpochs(demo, 0)).toThrow(/positive whole number/);
  });
});
