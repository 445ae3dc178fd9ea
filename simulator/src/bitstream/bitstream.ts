import { planMemory, type MemoryPlan } from '../network/memory.js';
import type { Network } from '../network/network.js';
import type { Description } from './description.js';

/** An input of the circuit and the outputs it must give. */
export interface GoldenVector {
  /** The input values, one byte each, below 2^inputBits, as a sensor gives them: before any preparation. */
  readonly input: Uint8Array;
  readonly outputs: Int32Array;
}

/** The contents of a `.abit` file. */
export interface Bitstream {
  readonly network: Network;
  /** The places of every layer's values while a device runs the network. */
  readonly memory: MemoryPlan;
  readonly goldenVectors: readonly GoldenVector[];
  readonly description: Description;
}

/** Makes a bitstream of a network, with its values placed by `planMemory`. */
export const bitstreamOf = (
  network: Network,
  description: Description,
  goldenVectors: readonly GoldenVector[] = [],
): Bitstream => ({ network, memory: planMemory(network), goldenVectors, description });
