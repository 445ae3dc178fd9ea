import { ModelError } from '@adiabit/simulator/errors';
import { describe, expect, it } from 'vitest';
import { argmax, createOracle } from '../../model/oracle.js';
import { hardOutputs } from '../evaluation/evaluate-hard.js';
import { isBinaryActivation } from '../network/activations.js';
import type { TrainedNetwork } from '../network/trained-network.js';
import { randomNetwork } from '../testing/random-networks.js';
import { withTiesFiring } from '../testing/ties.js';
import { freeze, type FrozenNetwork } from './freeze.js';

const FIRST_SEED = 1;
const NETWORKS = 1500;
const EXAMPLES_EACH = 16;

/** What float64 may be off by, relative to the largest output. */
const TOLERANCE = 1e-9;

interface Outcome {
  readonly seed: number;
  readonly isExact: boolean;
  /** Whether a small difference stays small: no activation is a step. */
  readonly isContinuous: boolean;
  /** Of the classes whose outputs differ by more than rounding. */
  readonly classesWrong: number;
  /** Of outputs, beyond half a step of the integers, relative to how far apart real outputs lie. */
  readonly difference: number;
}

interface Refusal {
  readonly seed: number;
  readonly code: string;
  readonly message: string;
}

/** The oracle's outputs beside the slow reference's, in real units. */
function compare(seed: number, network: TrainedNetwork, inputs: readonly Uint8Array[], frozen: FrozenNetwork): Outcome {
  const { model, report } = frozen;
  const oracle = createOracle(model);
  const found = inputs.map((input) => oracle(input).outputs);
  const candidates = [network, withTiesFiring(network)].map((candidate) => inputs.map(hardOutputs(candidate)));
  const results = candidates.map((real) => {
    const all = real.flatMap((outputs) => [...outputs]);
    const largest = Math.max(...all.map(Math.abs), Number.MIN_VALUE);
    const spread = Math.max(Math.max(...all) - Math.min(...all), TOLERANCE * largest);
    const isWrong = (outputs: Float64Array, example: number) =>
      argmax(outputs) !== argmax(found[example]) && margin(outputs) > TOLERANCE * largest;
    const distances = real.flatMap((outputs, example) =>
      [...outputs].map((value, output) => Math.abs(value - found[example][output] * report.outputUnit)),
    );
    const beyond = Math.max(...distances) - report.outputUnit / 2 - TOLERANCE * largest;
    return { classesWrong: real.filter(isWrong).length, difference: Math.max(beyond, 0) / spread };
  });
  const best = results.reduce((one, other) => (other.difference < one.difference ? other : one));
  const isContinuous = network.layers.every(
    (layer) => !('activation' in layer) || !isBinaryActivation(layer.activation),
  );
  return { seed, isExact: report.isExact, isContinuous, ...best };
}

/** How far the largest output is above the next. */
function margin(outputs: Float64Array): number {
  const [first, second] = Float64Array.from(outputs).sort().reverse();
  return first - second;
}

function tryAll(): { readonly outcomes: readonly Outcome[]; readonly refusals: readonly Refusal[] } {
  const outcomes: Outcome[] = [];
  const refusals: Refusal[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + NETWORKS; seed++) {
    const { network, inputs } = randomNetwork(seed, EXAMPLES_EACH);
    try {
      outcomes.push(compare(seed, network, inputs, freeze(network, inputs)));
    } catch (error) {
      if (!(error instanceof ModelError)) throw new Error(`Seed ${seed}`, { cause: error });
      refusals.push({ seed, code: error.code, message: error.message });
    }
  }
  return { outcomes, refusals };
}

/** The outcomes in whose share the largest differences are. */
function worst(outcomes: readonly Outcome[], share: number): Outcome {
  const sorted = outcomes.toSorted((one, other) => one.difference - other.difference);
  return sorted[Math.floor((1 - share) * sorted.length)];
}

describe(`freezing ${NETWORKS} random networks, seeds from ${FIRST_SEED}`, () => {
  const { outcomes, refusals } = tryAll();
  const rounded = outcomes.filter(({ isExact }) => !isExact);

  it('decides exactly as the hard network wherever it says so', () => {
    const exact = outcomes.filter(({ isExact }) => isExact);
    expect(exact.filter(({ classesWrong, difference }) => classesWrong > 0 || difference > 0)).toEqual([]);
    expect(exact.length).toBeGreaterThan(NETWORKS / 6);
  });

  it('stays near the hard network where real numbers are rounded', () => {
    const continuous = rounded.filter(({ isContinuous }) => isContinuous);
    expect(worst(continuous, 0.5).difference).toBeLessThan(0.001);
    expect(worst(continuous, 0.05).difference).toBeLessThan(0.02);
    expect(worst(continuous, 0.01).difference).toBeLessThan(0.1);
  });

  it('lets few decisions of rounded values turn over', () => {
    const stepped = rounded.filter(({ isContinuous }) => !isContinuous);
    expect(worst(stepped, 0.1).difference).toBeLessThan(0.01);
    expect(worst(stepped, 0.05).difference).toBeLessThan(0.03);
    const wrong = rounded.reduce((sum, { classesWrong }) => sum + classesWrong, 0);
    expect(wrong / (EXAMPLES_EACH * rounded.length)).toBeLessThan(0.005);
  });

  it('refuses only networks whose outputs hardly depend on their inputs', () => {
    expect(
      refusals.filter(({ message }) => !/last layer of .* (has scale 0|is too large for its scale)/.test(message)),
    ).toEqual([]);
    expect(refusals.length).toBeLessThan(NETWORKS / 50);
  });
});
