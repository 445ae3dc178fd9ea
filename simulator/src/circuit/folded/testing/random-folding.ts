import type { Network } from '../../../network/network.js';
import { foldingChoices, valuesFor, workCycles, type Folding } from '../folding.js';
import { unitsOf } from '../units.js';

/** Draws a folding that a network allows, with at most `most` products a cycle in a layer. */
export function randomFolding(network: Network, next: (below: number) => number, most: number): Folding {
  const { inputValues, layers } = foldingChoices(network);
  const units = unitsOf(network);
  const one = (values: readonly number[], limit: number): number => {
    const allowed = values.filter((value) => value <= limit);
    return allowed[next(allowed.length)];
  };
  return {
    inputValues: one(inputValues, 64),
    layers: layers.map(({ pe: elements, simd }, index) => {
      const pe = one(elements, 16);
      return { pe, simd: units[index].isWeighted ? one(simd, Math.max(1, most / pe)) : valuesFor(units[index], pe) };
    }),
  };
}

/** Gives the cycles in which all layers work on one input. */
export const workOf = (network: Network, { layers }: Folding): number =>
  unitsOf(network).reduce((sum, unit, index) => sum + workCycles(unit, layers[index]), 0);
