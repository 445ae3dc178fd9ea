import { planMemory, type MemoryPlan } from '../network/memory.js';
import type { Network } from '../network/network.js';
import type { TrainedOn } from './trained-on.js';

/** An input of the circuit and the outputs it must give. */
export interface GoldenVector {
  /** One byte per value, each below 2^inputBits, as a sensor gives it: before any preparation. */
  readonly input: Uint8Array;
  readonly outputs: Int32Array;
}

/** For people and tools; the circuit does not depend on it. */
export interface Description {
  readonly name: string;
  /** Digest of the model it was compiled from, hexadecimal. */
  readonly modelDigest: string;
  readonly compiler: string;
  /** If absent, what its inputs and classes are is not known. */
  readonly trainedOn?: TrainedOn;
}

/** What the bytes of a `.abit` file say. */
export interface Bitstream {
  readonly network: Network;
  /** Where the values of every layer lie while a device runs it. */
  readonly memory: MemoryPlan;
  readonly goldenVectors: readonly GoldenVector[];
  readonly description: Description;
}

/** A bitstream of a network whose values lie where `planMemory` puts them. */
export const bitstreamOf = (
  network: Network,
  description: Description,
  goldenVectors: readonly GoldenVector[] = [],
): Bitstream => ({ network, memory: planMemory(network), goldenVectors, description });
