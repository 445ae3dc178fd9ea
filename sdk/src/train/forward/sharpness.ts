/** How hard the functions are: Infinity for the hard network. */
export interface Sharpness {
  readonly kWeight: number;
  readonly kActivation: number;
}

export const hardened: Sharpness = { kWeight: Infinity, kActivation: Infinity };
