import { describe, expect, it } from 'vitest';
import { findRecipe } from '../train/recipes/families.js';
import { forecast } from './forecast.js';

describe('forecast', () => {
  it('says what a training will become: bytes, gates, cycles, and the boards that take it', async () => {
    const expected = await forecast(findRecipe('mnist-demo')!);
    if (typeof expected === 'string') throw new Error(expected);
    expect(expected.circuit).toMatchObject({ form: 'configurable' });
    expect(expected.bitstreamBytes).toBeGreaterThan((784 * 128 + 128 * 10) / 8);
    expect(expected.circuit?.gates).toBeGreaterThan(500_000);
    expect(expected.circuit?.latency).toBeGreaterThan(8);
    const pico = expected.boards.find(({ id }) => id === 'rp2040');
    expect(pico?.lacks).toEqual([]);
  });

  it('leaves the circuit out when only sizes are asked for', async () => {
    const recipe = findRecipe('mnist-lfc')!;
    expect(await forecast(recipe, { withCircuit: false })).not.toHaveProperty('circuit');
  });

  it('says the same every time', async () => {
    const recipe = findRecipe('mnist-both')!;
    expect(await forecast(recipe)).toEqual(await forecast(recipe));
  });
});
