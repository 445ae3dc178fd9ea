/** The one generator, which lives where circuits are tested too. */
export { Random, permutation, type RandomState } from '@adiabit/simulator/random';
