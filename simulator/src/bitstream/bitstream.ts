import type { Architecture } from '../fabric/architecture.js';
import type { Configuration } from '../fabric/configuration.js';

/** An input of the circuit and the outputs it must give. */
export interface GoldenVector {
  /** One byte per value, each below 2^inputBits. */
  readonly input: Uint8Array;
  readonly outputs: Int32Array;
}

/** For people and tools; the circuit does not depend on it. */
export interface Description {
  readonly name: string;
  /** Digest of the model it was compiled from, hexadecimal. */
  readonly modelDigest: string;
  readonly compiler: string;
}

/** A bitstream taken apart: what `.abit` bytes say. */
export interface Bitstream {
  readonly architecture: Architecture;
  readonly configuration: Configuration;
  readonly goldenVectors: readonly GoldenVector[];
  readonly description: Description;
}
