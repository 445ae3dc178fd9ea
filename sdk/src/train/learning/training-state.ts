import { Random } from '../../random.js';
import type { Layer } from '../network/layers.js';
import { initialParameters, type NetworkParameters, trainableArrays } from '../network/parameters.js';
import { startingParameters, type StartingPoint } from '../network/starting-point.js';
import type { ScheduleStep } from '../schedules/schedules.js';
import { type AdamState, freshAdamState } from './adam.js';

/** The outcome of one epoch. Holds no times, so that it is the same in every run of the same training. */
export interface EpochOutcome {
  /** Counted from 1. */
  readonly epoch: number;
  /** How many the schedule takes, or at most takes when it decides on the way. */
  readonly epochs: number;
  readonly kWeight: number;
  readonly kActivation: number;
  readonly learningRate: number;
  /** Mean training loss over the epoch, in nats, with dropout. */
  readonly loss: number;
  /** Fraction of the validation examples that are right, at this epoch's sharpness. */
  readonly softAccuracy: number;
  /** The same for the hard network, the one that ships. */
  readonly hardAccuracy: number;
  /** Whether this hard network is the best so far and was kept. Of equals the later wins: its sharpness is higher. */
  readonly isBest: boolean;
}

/** The best hard network so far, by validation. */
export interface BestNetwork {
  readonly epoch: number;
  readonly hardAccuracy: number;
  readonly parameters: NetworkParameters;
}

/** Everything the rest of a training depends on. Between epochs it is what a checkpoint holds. */
export interface TrainingState {
  /** Epochs completed. */
  epoch: number;
  /** What the schedule wants next; undefined at the end. */
  step: ScheduleStep | undefined;
  /** Updated in place by every step. */
  readonly parameters: NetworkParameters;
  adam: AdamState;
  readonly random: Random;
  readonly history: EpochOutcome[];
  best: BestNetwork | undefined;
}

export function initialState(
  layers: readonly Layer[],
  seed: number,
  firstStep: ScheduleStep,
  start?: StartingPoint,
  lively?: readonly number[],
): TrainingState {
  const parameters =
    start === undefined
      ? initialParameters(layers, Random.fromSeed(seed, 'initial weights'), lively)
      : startingParameters(start, layers, firstStep.setting.kWeight);
  return {
    epoch: 0,
    step: firstStep,
    parameters,
    adam: freshAdamState(trainableArrays(layers, parameters)),
    random: Random.fromSeed(seed, 'order and dropout'),
    history: [],
    best: undefined,
  };
}
