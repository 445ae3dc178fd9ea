/**
 * Activation functions of the method; `none` is the last layer's (its softmax changes no order). `relu` is never
 * binary: it is what a hidden layer has when the mode leaves activations real.
 */
export type ActivationName = 'tanh' | 'RL' | 'H' | 'HT' | 'CLU' | 'relu' | 'none';

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
  RL: { fires: 1, rests: 0 },
  H: { fires: 1, rests: 0 },
  HT: { fires: 1, rests: -1 },
  CLU: { fires: 1, rests: 0 },
};

/** Whether a hidden layer can have it: for names that come from JavaScript or JSON. */
export function isActivation(name: unknown): name is BinaryActivationName | 'relu' {
  return name === 'relu' || (typeof name === 'string' && Object.hasOwn(hardActivationValues, name));
}

export function isBinaryActivation(name: ActivationName): name is BinaryActivationName {
  return name in hardActivationValues;
}
