import { expect, test } from 'vitest';
import { createOracle } from '../model/oracle.js';
import { Random } from '../random.js';
import { exampleVectors } from '../train/datasets/dataset.js';
import { toyExamples } from '../train/testing/toy-problem.js';
import { packModel, unpackModel } from './network.js';
import { createState, meanLoss, refreshAll, type PolishState } from './state.js';
import { fitTemperature } from './temperature.js';
import { randomModel } from './testing/random-model.js';
import { effectScale, prepareNeuron, visitHidden } from './visit-hidden.js';
import { visitOutput } from './visit-output.js';

const examples = toyExamples(150, 1);
const model = randomModel(3);

function freshState(network = unpackModel(model), temperature = 6): PolishState {
  const state = createState(network, [examples]);
  state.temperature = temperature;
  refreshAll(state);
  return state;
}

/** The summed loss of a network, computed from nothing. */
const lossOf = (state: PolishState): number =>
  meanLoss(freshState(unpackModel(packModel(state.network, model)))) * state.images;

test('sums and outputs are those of the oracle, before and after changes were kept', () => {
  const state = freshState();
  const random = Random.fromSeed(1);
  const check = (): void => {
    const oracle = createOracle(packModel(state.network, model));
    exampleVectors(examples).forEach((input, image) => {
      const { sums, outputs } = oracle(input);
      expect(Array.from(sums[0])).toEqual(Array.from(sums[0], (_, neuron) => state.sums[neuron * 150 + image]));
      expect(outputs).toEqual(state.outputs.slice(image * 3, image * 3 + 3));
    });
  };
  check();
  let kept = 0;
  for (let neuron = 0; neuron < 8; neuron++) kept += visitHidden(state, state.scan, neuron, 0.01, random);
  for (let label = 0; label < 3; label++) kept += visitOutput(state, label, 0.01, random);
  expect(kept).toBeGreaterThan(10);
  check();
});

test('the scan of every weight is what flipping it really does to the loss', () => {
  const state = freshState();
  const before = lossOf(state);
  let different = 0;
  for (let neuron = 0; neuron < 8; neuron++) {
    prepareNeuron(state, neuron);
    for (let input = 0; input < 12; input++) {
      const weight = neuron * 12 + input;
      const promised = state.scan(input, state.network.hiddenSigns[weight] > 0 ? 'fall' : 'rise') / effectScale(state);
      state.network.hiddenSigns[weight] *= -1;
      const change = lossOf(state) - before;
      state.network.hiddenSigns[weight] *= -1;
      // 150 effects, each rounded by half a step at most.
      expect(Math.abs(change - promised)).toBeLessThan(75 / effectScale(state));
      if (Math.abs(change) > 0.1) different++;
    }
  }
  expect(different).toBeGreaterThan(20);
});

test('every change that is kept lowers the loss by more than the margin', () => {
  const state = freshState();
  const random = Random.fromSeed(1);
  let kept = 0;
  for (let visit = 0; visit < 11; visit++) {
    const before = lossOf(state);
    const now =
      visit < 8 ? visitHidden(state, state.scan, visit, 0.5, random) : visitOutput(state, visit - 8, 0.5, random);
    const rounding = (now * 75) / effectScale(state);
    expect(lossOf(state)).toBeLessThanOrEqual(before - now * 0.5 + rounding);
    kept += now;
  }
  expect(kept).toBeGreaterThan(5);
});

test('with a margin that nothing can reach nothing changes', () => {
  const state = freshState();
  const random = Random.fromSeed(1);
  for (let neuron = 0; neuron < 8; neuron++) expect(visitHidden(state, state.scan, neuron, 1e6, random)).toBe(0);
  for (let label = 0; label < 3; label++) expect(visitOutput(state, label, 1e6, random)).toBe(0);
  expect(packModel(state.network, model)).toEqual(model);
});

test('the fitted temperature has a smaller loss than its neighbours', () => {
  const state = freshState();
  const random = Random.fromSeed(1);
  // The random network is worse than guessing, which no temperature mends: teach it something first.
  for (let neuron = 0; neuron < 8; neuron++) visitHidden(state, state.scan, neuron, 0.01, random);
  const fitted = fitTemperature(state.network, [examples]);
  const lossAt = (temperature: number): number => {
    state.temperature = temperature;
    refreshAll(state);
    return meanLoss(state);
  };
  const best = lossAt(fitted);
  expect(best).toBeLessThan(Math.log(3));
  expect(best).toBeLessThan(lossAt(fitted * 1.1));
  expect(best).toBeLessThan(lossAt(fitted / 1.1));
});
