import { expect, test } from 'vitest';
import type { LogicLayer } from '../network/layers.js';
import { rewire, shownInputs } from './rewire.js';

const layer: LogicLayer = {
  kind: 'logic',
  inputShape: [40],
  outputShape: [2],
  inputs: 40,
  outputs: 2,
  dropout: 0,
  tableInputs: 2,
  candidates: 5,
  wireRate: 1,
};
const PINS = 4;

function wires() {
  const bias = Float32Array.from({ length: PINS * 5 }, (_, index) => [0.9, -0.5, 0.85, -0.9, 0.1][index % 5]);
  const scale = Float32Array.from({ length: PINS * 5 }, (_, index) => index % 5);
  return { kernel: new Float32Array(8), bias, scale };
}

const moments = () => ({
  first: new Float32Array(PINS * 5).fill(7),
  second: Float32Array.from({ length: PINS * 5 }, (_, index) => index % 5),
});

test('the weakest candidates become the shown inputs whose shares would lower the loss most', () => {
  const shown = shownInputs(40, 2, 11);
  const gradients = Float32Array.from(
    [0, 0, 1, 1].flatMap((table) => Array.from(shown[table], (input) => (input < 5 ? -100 : -input))),
  );
  const parameters = wires();
  const state = moments();
  rewire(layer, parameters, state, gradients, 11, 10);
  const best = [...shown[0]].sort((a, b) => b - a);
  // At k = 10 the third candidate is less than 1 / k below the best and stays; 3 / k below it is where new ones start.
  expect([...parameters.scale.slice(0, 5)]).toEqual([0, best[1], 2, best[0], best[2]]);
  [0.9, 0.6, 0.85, 0.6, 0.6].forEach((logit, index) => expect(parameters.bias[index]).toBeCloseTo(logit, 6));
  expect([...state.first.slice(0, 5)]).toEqual([7, 0, 7, 0, 0]);
  expect([...state.second.slice(0, 5)]).toEqual([0, 4, 2, 4, 4]);
});

test('inputs that would raise the loss replace nothing', () => {
  const shown = shownInputs(40, 2, 3);
  const gradients = new Float32Array(2 * shown.reduce((sum, { length }) => sum + length, 0)).fill(1);
  const parameters = wires();
  rewire(layer, parameters, moments(), gradients, 3, 10);
  expect(parameters).toEqual(wires());
});

test('every table is shown inputs of its own, the same for the same seed', () => {
  const shown = shownInputs(1000, 3, 5);
  expect(shownInputs(1000, 3, 5)).toEqual(shown);
  expect(shown[0]).not.toEqual(shown[1]);
  for (const { length } of shown) {
    expect(length).toBeGreaterThan(240);
    expect(length).toBeLessThan(360);
  }
});
