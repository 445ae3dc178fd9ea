import { describe, expect, test } from 'vitest';
import { Random } from '../../random.js';
import type { Batch } from '../datasets/batches.js';
import type { Layer } from '../network/layers.js';
import { type NetworkSpec, resolveLayers } from '../network/network.js';
import { initialParameters, type NetworkParameters, trainedNames } from '../network/parameters.js';
import { referenceLoss } from '../testing/logic-reference.js';
import { computeLogicSteps } from './logic-step.js';
import { shownInputs } from './rewire.js';

/** Tables over 24 values of 8 bits, two thresholds each. */
const networkOf = (tableInputs: number, depth: number): NetworkSpec => ({
  name: 'tables',
  inputs: 24,
  inputShape: [4, 6, 1],
  inputBits: 8,
  divisor: 1,
  layers: [
    { kind: 'thermometer', thresholds: [[100, 180]] },
    ...Array.from({ length: depth }, () => ({ kind: 'logic', tables: 9, tableInputs, candidates: 5 }) as const),
    { kind: 'group-sum', classes: 3, temperature: 1.5 },
  ],
  mode: 'both',
});

function batchOf(size: number, random: Random): Batch {
  const targets = new Float32Array(3 * size);
  for (let example = 0; example < size; example++) targets[3 * example + random.below(3)] = 1;
  return { size, inputs: Float32Array.from({ length: 24 * size }, () => random.below(256)), targets };
}

/** Returns the derivative of the reference's loss by one parameter, from both sides. */
function slopeOf(
  layers: readonly Layer[],
  parameters: NetworkParameters,
  values: Float32Array,
  at: number,
  batch: Batch,
) {
  const before = values[at];
  const lossAt = (value: number): number => {
    values[at] = value;
    return referenceLoss(layers, parameters, batch, sharpness);
  };
  const [high, low] = [Math.fround(before + STEP), Math.fround(before - STEP)];
  const slope = (lossAt(high) - lossAt(low)) / (high - low);
  values[at] = before;
  return slope;
}

const STEP = 1e-3;
const sharpness = { kWeight: 1.3, kActivation: 2.1 };

describe.each([2, 3, 4, 5, 6])('the kernel for tables of %i inputs', (tableInputs) => {
  test.each([
    [1, 1],
    [1, 32],
    [1, 50],
    [2, 33],
    [3, 7],
  ])('agrees with the reference and its numerical gradients: %i layers, %i examples', (depth, size) => {
    const layers = resolveLayers(networkOf(tableInputs, depth));
    const random = Random.fromSeed(10 * tableInputs + depth);
    const parameters = initialParameters(layers, random);
    const batch = batchOf(size, random);
    const { loss, gradients } = computeLogicSteps(layers, parameters, [{ batch }], sharpness)[0];
    expect(loss).toBeCloseTo(referenceLoss(layers, parameters, batch, sharpness), 5);
    const arrays = layers.flatMap((layer, index) => trainedNames(layer).map((name) => parameters[index][name]));
    expect(gradients.map(({ length }) => length)).toEqual(arrays.map(({ length }) => length));
    arrays.forEach((values, which) => {
      const largest = gradients[which].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest).toBeGreaterThan(0);
      for (let trial = 0; trial < 12; trial++) {
        const at = random.below(values.length);
        const difference = gradients[which][at] - slopeOf(layers, parameters, values, at, batch);
        expect(Math.abs(difference)).toBeLessThan(2e-3 * largest);
      }
    });
  });
});

test('a probe tells what the gradient of a share would be: of a candidate, what it is', () => {
  const layers = resolveLayers(networkOf(4, 1));
  const random = Random.fromSeed(3);
  const parameters = initialParameters(layers, random);
  const batch = batchOf(70, random);
  const { gradients } = computeLogicSteps(layers, parameters, [{ batch, probeSeed: 9 }], sharpness)[0];
  const [, wires, probed] = gradients;
  const { scale: sources, bias: logits } = parameters[1];
  const shownTo = shownInputs(48, 9, 9);
  let compared = 0;
  for (let pin = 0, at = 0; pin < 36; pin++) {
    const shown = shownTo[Math.floor(pin / 4)];
    const own = sources.subarray(5 * pin, 5 * pin + 5);
    // Of two candidates, the logits' gradients over k and share differ as the shares' gradients do.
    const powers = Array.from(logits.subarray(5 * pin, 5 * pin + 5), (logit) =>
      Math.exp(sharpness.kActivation * logit),
    );
    const sum = powers.reduce((total, power) => total + power, 0);
    const known = [...own].flatMap((source, candidate) => {
      const place = shown.indexOf(source);
      const relative = wires[5 * pin + candidate] / ((sharpness.kActivation * powers[candidate]) / sum);
      return place < 0 ? [] : [probed[at + place] - relative];
    });
    known.slice(1).forEach((value) => {
      expect(Math.abs(value - known[0])).toBeLessThan(1e-5);
      compared++;
    });
    at += shown.length;
  }
  expect(compared).toBeGreaterThan(10);
});
