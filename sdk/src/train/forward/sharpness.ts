/** How hard the functions are: Infinity for the hard network. */
export interface Sharpness {
  readonly kWeight: number;
  /** Of activations; in a network of tables, which has none, of the wires. */
  readonly kActivation: number;
}

export const hardened: Sharpness = { kWeight: Infinity, kActivation: Infinity };
