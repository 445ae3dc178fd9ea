import { describe, expect, it } from 'vitest';
import { findRecipe } from '../train/recipes/families.js';
import { countEpochs } from '../train/schedules/schedules.js';
import { withChanges } from './settings.js';

const recipe = findRecipe('mnist-demo')!;
const codeOf = (...set: readonly string[]): string => {
  try {
    withChanges(recipe, { set });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It was accepted.');
};

describe('quick changes of a recipe', () => {
  it('set numbers, words, objects, and take fields away', () => {
    const changed = withChanges(recipe, {
      set: [
        'network.layers.0.units=64',
        'network.mode=weights',
        'augmentation={"maxShift":1}',
        'network.layers.0.dropout=null',
      ],
    });
    expect(changed.network.layers[0]).toEqual({ units: 64, activation: 'rectified-tanh' });
    expect(changed.network.mode).toBe('weights');
    expect(changed.augmentation).toEqual({ maxShift: 1 });
    expect(recipe.network.mode).toBe('both');
  });

  it('take another number of epochs, behind the settings', () => {
    expect(countEpochs(withChanges(recipe, { epochs: 3, set: ['batchSize=64'] }).schedule)).toBe(3);
  });

  it.each([
    ['units', 'write PATH=VALUE'],
    [
      'network.layer.0.units=64',
      'network has no "layer" to go into; it has name, inputs, inputBits, divisor, layers, mode',
    ],
    ['network.layers.7.units=64', 'network.layers has no "7" to go into; it has entries 0 to 1'],
    ['network.layers.0.unit=64', 'network.layers.0: nothing here is called unit'],
    ['network.layers.0.units=many', 'network.layers.0.units: Invalid input: expected number, received string'],
    ['network.mode=booth', 'network.mode: Invalid option'],
    ['batchSize=null', 'batchSize: it is missing'],
  ])('refuse %s and say why', (setting, why) => {
    expect(codeOf(setting)).toContain(why);
  });
});
