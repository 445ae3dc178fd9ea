import type { BinarizationMode } from '../train/network/network.js';

/**
 * A sweep: one project trained many times, with other values in its recipe, other modes and other seeds. Relative paths count from the
 * folder of the sweep's file.
 */
export interface SweepConfig {
  /** Names its folder of results: letters, digits, "-" and "_". */
  readonly name: string;
  /** The file of the project's config. If absent, `adiabit.config.*` in the folder of the sweep. */
  readonly project?: string;
  /** What is varied, by its path in the recipe, such as `network.layers.0.units`. */
  readonly space: SearchSpace;
  /** Modes that every point is trained in. If absent, the one of the recipe. */
  readonly modes?: readonly BinarizationMode[];
  /** Seeds that every point is trained with. If absent, the one of the project. */
  readonly seeds?: readonly number[];
  /** How points are chosen (`grid`). */
  readonly search?: Search;
  /** Another number of epochs, the sharpness rising alike. If absent, that of the recipe. */
  readonly epochs?: number;
  /** When a trial that falls behind is given up. If absent, none is. */
  readonly earlyStopping?: MedianRule;
  /** Processes that train on this machine. If absent, one a core. */
  readonly workers?: number;
}

/** What a place of the recipe may hold. */
export type SpaceValue =
  string | number | boolean | null | readonly SpaceValue[] | { readonly [key: string]: SpaceValue };

/** Dimensions by their paths in the recipe. */
export type SearchSpace = Readonly<Record<string, Choice | Range>>;

/** One of several values, in no order. */
export interface Choice {
  readonly values: readonly SpaceValue[];
}

/** A number between two others, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
  /** The distance of allowed numbers, from `from` on. If absent, any number: a grid needs it. */
  readonly step?: number;
  /** How numbers are spread (`linear`): `log` gives every factor of ten as many. */
  readonly scale?: 'linear' | 'log';
}

export type Search = GridSearch | RandomSearch | BayesianSearch;

/** Every combination of the values. */
export interface GridSearch {
  readonly kind: 'grid';
}

/** Points drawn independently. */
export interface RandomSearch {
  readonly kind: 'random';
  readonly points: number;
  /** Same seed: same points (1). */
  readonly seed?: number;
}

/** Points drawn where earlier ones validated well: a tree-structured Parzen estimator. */
export interface BayesianSearch {
  readonly kind: 'bayesian';
  readonly points: number;
  readonly seed?: number;
  /** Points drawn at random before it begins to learn (10). */
  readonly initial?: number;
}

/**
 * Gives a trial up after an epoch in which its best validation accuracy so far is below the median of what earlier trials had on average
 * up to that epoch.
 */
export interface MedianRule {
  /** Epochs that every trial is given (4). */
  readonly afterEpochs?: number;
  /** Earlier trials that must have come so far (5). */
  readonly minTrials?: number;
}

/** Returns the sweep as it is: for its type. */
export const defineSweep = (config: SweepConfig): SweepConfig => config;
