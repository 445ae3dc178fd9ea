/**
 * Activation functions of the method (formulas in `forward/quantizers.ts`). `none` belongs to the last layer, whose
 * softmax changes no order. `relu` is never binary: a hidden layer has it if the mode leaves activations real.
 */
export type ActivationName = 'tanh' | 'rectified-tanh' | 'sigmoid' | 'hard-tanh' | 'clipped-linear' | 'relu' | 'none';

/** The paper's letters for activations, which checkpoints of earlier programs hold. */
const ACTIVATION_BY_PAPER_NAME: Readonly<Record<string, ActivationName>> = {
  RL: 'rectified-tanh',
  H: 'sigmoid',
  HT: 'hard-tanh',
  CLU: 'clipped-linear',
};

/** The sharpness from which the functions of the method are their hard limits (the authors' code switches there). */
export const HARD_SHARPNESS = 1000;

/** Activations that become one bit. */
export type BinaryActivationName = Exclude<ActivationName, 'relu' | 'none'>;

/** The two values of a hard activation: `fires` for x >= 0 (sign(0) = +1), `rests` for x < 0. */
export interface HardValues {
  readonly fires: 1;
  readonly rests: -1 | 0;
}

export const hardActivationValues: Readonly<Record<BinaryActivationName, HardValues>> = {
  tanh: { fires: 1, rests: -1 },
  'rectified-tanh': { fires: 1, rests: 0 },
  sigmoid: { fires: 1, rests: 0 },
  'hard-tanh': { fires: 1, rests: -1 },
  'clipped-linear': { fires: 1, rests: 0 },
};

/** Tells whether a name from JavaScript or JSON is an activation that a hidden layer can have. */
export function isActivation(name: unknown): name is BinaryActivationName | 'relu' {
  return name === 'relu' || (typeof name === 'string' && Object.hasOwn(hardActivationValues, name));
}

export function isBinaryActivation(name: ActivationName): name is BinaryActivationName {
  return name in hardActivationValues;
}

/** Reads the paper's letters for activations, which earlier programs wrote, as the names of today: a reviver of `JSON.parse`. */
export function withActivationNames(key: string, value: unknown): unknown {
  if (key !== 'activation' || typeof value !== 'string') return value;
  return Object.hasOwn(ACTIVATION_BY_PAPER_NAME, value) ? ACTIVATION_BY_PAPER_NAME[value] : value;
}
