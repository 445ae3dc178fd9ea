import { expect, test } from 'vitest';
import { recipeFamilies } from '../train/recipes/families.js';
import { binarizationModes } from '../train/network/network.js';
import { planTrainings } from './plan.js';

const cases = recipeFamilies.flatMap((family) =>
  binarizationModes.map((mode) => ({ family, mode, name: family.name })),
);

test.each(cases)('what $name in mode $mode starts or learns from is trained before it', ({ family, mode }) => {
  const plan = planTrainings(family, [mode], [7, 8, 7]);
  expect(plan.filter((one) => one.mode === mode).map(({ seed }) => seed)).toEqual([7, 8]);
  for (const [place, { seed, start, recipe }] of plan.entries()) {
    const before = plan.slice(0, place).filter((one) => one.seed === seed);
    for (const from of [start?.from, recipe.softTargets?.from]) {
      if (from !== undefined) expect(before.map((one) => one.mode)).toContain(from);
    }
  }
});
